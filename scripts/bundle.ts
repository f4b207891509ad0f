import { rmSync } from 'node:fs'
import { build } from 'esbuild'

const folder = 'packages/cli/dist'

for (const stale of ['main.js', 'chunks']) rmSync(`${folder}/${stale}`, { recursive: true, force: true })

/** Bundles the command into one small file to start with, and one for each part that is loaded only when it is needed. */
await build({
  entryPoints: ['packages/cli/src/main.ts'],
  outdir: folder,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  conditions: ['development'],
  logLevel: 'warning',
  // dependencies in CommonJS ask for built-in modules
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
})
