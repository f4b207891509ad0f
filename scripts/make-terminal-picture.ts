import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const COLUMNS = 100
const LINE_HEIGHT = 18
const CHARACTER_WIDTH = 8.4
const PADDING = 16
const MOST_LINES = 44
/** Select Graphic Rendition, the only escape sequence the command prints. */
const ESCAPE = new RegExp(`(${String.fromCharCode(27)}\\[[\\d;]*m)`)
const COLORS: Readonly<Record<string, string>> = {
  '31': '#ff7b72',
  '32': '#7ee787',
  '33': '#e3b341',
  '34': '#79c0ff',
  '35': '#d2a8ff',
  '36': '#56d4dd',
  '90': '#8b949e',
}

/** The command's answer to the first sample as an SVG picture, for the README. */
const root = join(import.meta.dirname, '..')
const output = execFileSync(
  process.execPath,
  ['packages/cli/bin/pcap-analyzer.js', 'analyze', 'samples/slow-download.pcap', '--no-report', '--color'],
  { cwd: root, encoding: 'utf8', env: { ...process.env, COLUMNS: String(COLUMNS), FORCE_COLOR: '1' } },
)
const lines = [
  '\u001b[32m$\u001b[39m npx pcap-analyzer analyze samples/slow-download.pcap',
  ...output.trimEnd().split('\n'),
]
writeFileSync(join(root, 'docs/terminal.svg'), picture(lines.slice(0, MOST_LINES)))

function picture(text: readonly string[]): string {
  const width = COLUMNS * CHARACTER_WIDTH + 2 * PADDING
  const height = text.length * LINE_HEIGHT + 2 * PADDING
  const rows = text.map(
    (line, index) =>
      `<text style="white-space:pre" x="${PADDING}" y="${PADDING + (index + 0.75) * LINE_HEIGHT}">${spans(line)}</text>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    '<title>What pcap-analyzer says of a slow download</title>',
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    `<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="14" fill="#e6edf3" xml:space="preserve">`,
    ...rows,
    '</g></svg>',
    '',
  ].join('\n')
}

/** One line with its colours and weights (ECMA-48 SGR) as spans. */
function spans(line: string): string {
  let color = ''
  let isBold = false
  let isDim = false
  return line
    .split(ESCAPE)
    .map((part) => {
      const codes = ESCAPE.exec(part)
      if (codes === null) return span(part, color, isBold, isDim)
      for (const code of part.slice(2, -1).split(';')) {
        if (code in COLORS) color = COLORS[code]
        if (code === '39' || code === '0' || code === '') color = ''
        if (code === '1') isBold = true
        if (code === '2') isDim = true
        if (code === '22' || code === '0' || code === '') isBold = isDim = false
      }
      return ''
    })
    .join('')
}

function span(text: string, color: string, isBold: boolean, isDim: boolean): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  if (escaped === '' || (color === '' && !isBold && !isDim)) return escaped
  const style = `${color === '' ? '' : ` fill="${color}"`}${isBold ? ' font-weight="bold"' : ''}${isDim ? ' opacity="0.65"' : ''}`
  return `<tspan${style}>${escaped}</tspan>`
}
