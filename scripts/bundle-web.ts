import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { type BuildOptions, build as bundle } from 'esbuild'
import './bundle-private-page.ts'

const source = join(import.meta.dirname, '../packages/web/src/app')
const target = join(import.meta.dirname, '../packages/web/dist/app')

/** Bundles the application into a folder of static files, each beside what it is compressed to. */
rmSync(target, { recursive: true, force: true })
const settings = {
  outdir: target,
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  minify: true,
  metafile: true,
  platform: 'browser',
  target: ['es2022', 'chrome119', 'firefox121', 'safari17.4'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  conditions: ['development'],
  legalComments: 'none',
  logLevel: 'warning',
} satisfies BuildOptions
const application = await bundle({
  ...settings,
  entryPoints: ['main.tsx', 'app.css'].map((name) => join(source, name)),
  splitting: true,
  format: 'esm',
})
// no module, so that it runs before the first paint
const theme = await bundle({ ...settings, entryPoints: [join(source, 'theme.ts')], format: 'iife' })
const outputs = { ...application.metafile.outputs, ...theme.metafile.outputs }

/** Where the browser finds what was made of a source. */
function assetOf(entry: string): string {
  const [path] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint?.endsWith(`/app/${entry}`)) ?? []
  if (path === undefined) throw new Error(`nothing was made of ${entry}`)
  return `/assets/${basename(path)}`
}

/** What a file imports at once, and what that imports, as addresses: fetched beside it rather than after it. */
function importsOf(path: string, found = new Set<string>()): Set<string> {
  for (const { path: imported, kind } of outputs[path]?.imports ?? []) {
    if (kind !== 'import-statement' || found.has(imported)) continue
    found.add(imported)
    importsOf(imported, found)
  }
  return found
}
const [main = ''] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint?.endsWith('/app/main.tsx')) ?? []
const preloads = [...importsOf(main)].map((path) => `<link rel="modulepreload" href="/assets/${basename(path)}">\n`)

const icon = readFileSync(join(import.meta.dirname, '../packages/web/dist/private/icon.svg'))
writeFileSync(join(target, 'icon.svg'), icon)
writeFileSync(
  join(target, 'index.html'),
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>PCAP Analyzer</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="${assetOf('app.css')}">
${preloads.join('')}<script src="${assetOf('theme.ts')}"></script>
<script type="module" src="${assetOf('main.tsx')}"></script>
</head>
<body><div id="app"></div></body>
</html>
`,
)
// an example for whoever has no capture at hand
const sample = 'slow-download.pcap'
writeFileSync(join(target, sample), readFileSync(join(import.meta.dirname, '../samples', sample)))
for (const name of readdirSync(target)) {
  const path = join(target, name)
  writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path)))
}
