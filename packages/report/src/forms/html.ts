import type { Report } from '@pcap-analyzer/engine'
import { viewerScript, viewerScriptHash, viewerStyle, viewerStyleHash } from '@pcap-analyzer/viewer/bundle'
import type { Form } from '../form.ts'
import { captureName } from '../report-parts.ts'
import { reportJson } from './report-json.ts'
import { xmlText } from './xml-text.ts'

/** One file that shows the report in any browser, with everything in it. */
export const html: Form = {
  id: 'html',
  description: 'one offline file with everything in it, for a browser, a mail or paper',
  files: async (report) => [{ name: 'report.html', content: await htmlReport(report) }],
}

/**
 * The page. Its policy forbids everything but the one script and the one style sheet that it holds, named by their hashes: no network,
 * no other script, no frame, no form. The report is data, compressed, and becomes text only.
 */
export async function htmlReport(report: Report): Promise<string> {
  const language = report.provenance?.options.language === 'fr' ? 'fr' : 'en'
  const policy = [
    "default-src 'none'",
    `script-src '${viewerScriptHash}'`,
    `style-src '${viewerStyleHash}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return [
    '<!doctype html>',
    `<html lang="${language}" data-theme="auto">`,
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${xmlText(captureName(report.capture))}</title>`,
    `<style>${viewerStyle}</style>`,
    '</head>',
    '<body>',
    '<div id="report"></div>',
    `<noscript>${plainReport(report)}</noscript>`,
    `<script type="application/octet-stream" id="report-data" data-language="${language}">${await packed(reportJson(report, 'compact'))}</script>`,
    `<script>${viewerScript}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

/** The findings without any script, for viewers of mail that run none. */
function plainReport(report: Report): string {
  const { findings, quality, health, capture } = report
  const items = findings.map(
    ({ severity, summary, nextStep, displayFilter }) =>
      `<li><b>${severity}</b> ${xmlText(summary)}<br>${xmlText(nextStep)}<br><code>${xmlText(displayFilter)}</code></li>`,
  )
  return [
    `<h1>${xmlText(captureName(capture))}</h1>`,
    `<p>${xmlText(health.text)}</p>`,
    `<p>${xmlText(quality.verdict)}</p>`,
    `<ol>${items.join('')}</ol>`,
  ].join('')
}

/** Deflated, in base 64. Node loads its whole fetch for `Response`, so the pieces are put together here. */
async function packed(text: string): Promise<string> {
  const { readable, writable } = new CompressionStream('deflate-raw')
  const writer = writable.getWriter()
  const written = writer.write(new TextEncoder().encode(text)).then(() => writer.close())
  const pieces: Uint8Array[] = []
  const reader = readable.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    pieces.push(value)
  }
  await written
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return base64(whole)
}

function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}
