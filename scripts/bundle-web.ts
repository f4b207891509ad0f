import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { type BuildOptions, build as bundle, type Plugin } from 'esbuild'
import { pages } from '../packages/web/src/app/paths.ts'
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
/**
 * Has every part that is loaded later import the first one, which is there by then. What the first load needs is thereby in one file; else it
 * would be in as many as there are sets of later parts that need it too, and each file costs a phone a round trip.
 */
const firstLoadInOne: Plugin = {
  name: 'first-load-in-one',
  setup(build) {
    const first = `\nimport ${JSON.stringify(join(source, 'main.tsx'))}\n`
    build.onResolve({ filter: /^\./ }, ({ kind, resolveDir, path }) =>
      kind === 'dynamic-import' && resolveDir.startsWith(source)
        ? { path: resolve(resolveDir, path), pluginData: 'later' }
        : undefined,
    )
    build.onLoad({ filter: /\.tsx?$/ }, ({ path, pluginData }) =>
      pluginData === 'later' ? { contents: readFileSync(path, 'utf8') + first, loader: 'tsx' } : undefined,
    )
  },
}
const application = await bundle({
  ...settings,
  entryPoints: ['main.tsx', 'app.css'].map((name) => join(source, name)),
  splitting: true,
  format: 'esm',
  plugins: [firstLoadInOne],
})
// no module, so that it runs before the first paint
const early = await bundle({ ...settings, entryPoints: [join(source, 'before-paint.ts')], format: 'iife' })
const outputs = { ...application.metafile.outputs, ...early.metafile.outputs }

/** What was made of a source. */
function outputOf(entry: string): string {
  const [path] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint?.endsWith(`/app/${entry}`)) ?? []
  if (path === undefined) throw new Error(`nothing was made of ${entry}`)
  return path
}

/** Where the browser finds it. */
const addressOf = (path: string) => `/assets/${basename(path)}`

/** A file and what it imports at once, and what that imports. */
function withImports(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found
  found.add(path)
  for (const { path: imported, kind } of outputs[path]?.imports ?? []) {
    if (kind === 'import-statement') withImports(imported, found)
  }
  return found
}

const icon = readFileSync(join(import.meta.dirname, '../packages/web/dist/private/icon.svg'))
writeFileSync(join(target, 'icon.svg'), icon)
/** What is seen until the application is there, which takes its place: the same head, and grey lines. */
const FIRST_PAINT =
  '<header class="shell"><a class="brand" href="/">PCAP Analyzer</a></header>' +
  `<div class="page page-wide skeleton first-paint">${'<span></span>'.repeat(4)}</div>`
const main = outputOf('main.tsx')
for (const { file } of Object.values(pages)) {
  // all that the page needs is asked for at once, rather than each part by the one that needs it
  const preloads = [...withImports(outputOf(`pages/${file}.tsx`), withImports(main))]
    .filter((path) => path !== main)
    .map((path) => `<link rel="modulepreload" href="${addressOf(path)}">\n`)
  writeFileSync(
    join(target, `${file}.html`),
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>PCAP Analyzer</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="${addressOf(outputOf('app.css'))}">
<script src="${addressOf(outputOf('before-paint.ts'))}"></script>
${preloads.join('')}<script type="module" src="${addressOf(main)}"></script>
</head>
<body><div id="app">${FIRST_PAINT}</div></body>
</html>
`,
  )
}
// an example for whoever has no capture at hand
const sample = 'slow-download.pcap'
writeFileSync(join(target, sample), readFileSync(join(import.meta.dirname, '../samples', sample)))
for (const name of readdirSync(target)) {
  const path = join(target, name)
  writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path)))
}
