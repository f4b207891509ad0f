import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const folder = 'packages/cli/dist'
const chunks = join(folder, 'chunks')

/** Bundles the command into one small file to start with, and one for each part that is loaded only when it is needed. */
const { metafile } = await build({
  entryPoints: ['packages/cli/src/main.ts'],
  outdir: folder,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  metafile: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  conditions: ['development'],
  // the service has native parts and files of its own beside it; it is loaded from its package
  external: ['@pcap-analyzer/server'],
  logLevel: 'warning',
  // dependencies in CommonJS ask for built-in modules
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
})

// what earlier builds left; a build that fails leaves the one before it whole
for (const name of readdirSync(chunks)) {
  if (metafile.outputs[join(chunks, name)] === undefined) rmSync(join(chunks, name))
}
