import type { Report } from '@pcap-analyzer/engine'
import { showReport } from './page.ts'

/** Starts the offline file: unpacks the report that stands in the page and shows it. */
async function main(): Promise<void> {
  const root = document.getElementById('report')
  const data = document.getElementById('report-data')
  if (root === null || data === null) return
  const packed = Uint8Array.from(atob(data.textContent ?? ''), (character) => character.charCodeAt(0))
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  const report = JSON.parse(await new Response(stream).text()) as Report
  const first = { language: data.dataset.language === 'fr' ? 'fr' : 'en', timeZone: 'utc' } as const
  showReport(root, report, first, {
    onShowing: ({ language }) => {
      document.documentElement.lang = language
    },
  })
  document.documentElement.dataset.ready = 'true'
  performance.mark('ready')
}

void main()
