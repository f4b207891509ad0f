import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from 'assemblyscript/asc'

const root = join(import.meta.dirname, '..')
const target = join(root, 'packages/engine/src/core/core-module.ts')
const folder = mkdtempSync(join(tmpdir(), 'pcap-core-'))
const out = join(folder, 'core.wasm')

/** Compiles the engine's core and embeds it as text, so that it needs no file beside the code in Node, a bundle or a browser. */
const options = ['-O3', '--runtime', 'stub', '--noAssert']
const { error, stderr } = await main([join(root, 'packages/engine/assembly/index.ts'), ...options, '-o', out])
if (error) {
  console.error(stderr.toString())
  process.exit(1)
}
const base64 = readFileSync(out).toString('base64')
rmSync(folder, { recursive: true })
writeFileSync(
  target,
  `// Compiled from assembly/ by scripts/compile-core.ts; not to be edited.

let compiled: WebAssembly.Module | null = null

/** The engine's core, compiled when it is first asked for. */
export function coreModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(bytesOf(atob(BASE64)))
  return compiled
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

const BASE64 =
  '${base64}'
`,
)
