import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build as bundle } from 'esbuild'
import { PRIVATE_PAGE_POLICY } from '../packages/web/src/private/policy.ts'

const source = join(import.meta.dirname, '../packages/web/src/private')
const target = join(import.meta.dirname, '../packages/web/dist/private')

async function textOf(entry: string, define: Record<string, string> = {}): Promise<string> {
  const { outputFiles } = await bundle({
    entryPoints: [join(source, entry)],
    bundle: true,
    minify: true,
    write: false,
    platform: 'browser',
    target: ['es2022', 'chrome110', 'firefox110', 'safari16.4'],
    format: 'esm',
    conditions: ['development'],
    legalComments: 'none',
    logLevel: 'warning',
    define,
  })
  return outputFiles[0].text
}

/** Bundles the page that analyses in the browser into a folder of static files. */
const files: Record<string, string> = {
  'main.js': await textOf('main.ts'),
  'worker.js': await textOf('worker.ts'),
  'style.css': await textOf('private.css'),
  'icon.svg':
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" fill="#0b5cad"/><path d="M10 36h10l5-18 9 32 6-22 4 8h10" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/></svg>',
  'manifest.webmanifest': JSON.stringify({
    name: 'PCAP Analyzer, private',
    short_name: 'PCAP Analyzer',
    start_url: './',
    display: 'standalone',
    background_color: '#f6f7f9',
    theme_color: '#0b5cad',
    icons: [{ src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' }],
  }),
}
files['index.html'] = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${PRIVATE_PAGE_POLICY.replace("; frame-ancestors 'none'", '')}">
<meta name="referrer" content="no-referrer">
<title>PCAP Analyzer</title>
<link rel="icon" href="icon.svg">
<link rel="manifest" href="manifest.webmanifest">
<link rel="stylesheet" href="style.css">
</head>
<body><div id="private"></div><script type="module" src="main.js"></script></body>
</html>
`
const build = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16)
files['sw.js'] = await textOf('sw.ts', {
  BUILD: JSON.stringify(`private-${build}`),
  FILES: JSON.stringify(['./', ...Object.keys(files).filter((name) => name !== 'index.html')]),
})
rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
for (const [name, text] of Object.entries(files)) writeFileSync(join(target, name), text)
