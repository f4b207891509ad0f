import { build } from 'esbuild'

/** Bundles the command into one file, so that it starts without resolving dozens of modules. */
await build({
  entryPoints: ['packages/cli/src/main.ts'],
  outfile: 'packages/cli/dist/main.js',
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  conditions: ['development'],
  logLevel: 'warning',
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
})
