import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const folder = 'packages/cli/dist'
const chunks = join(folder, 'chunks')

/** Bundles the command into one small file to start with, and one for each part that is loaded only when it is needed. */
const { metafile, outputFiles } = await build({
  write: false,
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

// a command that starts meanwhile finds each file whole; what is as it was is not touched, and what starts the rest comes last
const isStart = (path: string) => path === resolve(folder, 'main.js')
mkdirSync(chunks, { recursive: true })
for (const { path, contents } of outputFiles.toSorted((a, b) => Number(isStart(a.path)) - Number(isStart(b.path)))) {
  if (existsSync(path) && readFileSync(path).equals(contents)) continue
  const fresh = `${path}.${process.pid}`
  writeFileSync(fresh, contents)
  renameSync(fresh, path)
}

// what earlier builds left; a build that fails leaves the one before it whole
for (const name of readdirSync(chunks)) {
  if (metafile.outputs[join(chunks, name)] === undefined) rmSync(join(chunks, name))
}
