import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { analyzeFile } from '@pcap-analyzer/engine/node'
import { addDetails, htmlReport, sealReport } from '@pcap-analyzer/report/written'
import { chromium } from 'playwright-core'

// node --conditions=development scripts/make-report-picture.ts
// Draws docs/report.png: the top of the HTML report of a bundled capture, as Chromium shows it.

const root = join(import.meta.dirname, '..')
const sample = join(root, 'samples/slow-download.pcap')
const folder = mkdtempSync(join(tmpdir(), 'picture-'))
const page = join(folder, 'report.html')
try {
  const report = sealReport(await addDetails(await analyzeFile(sample), [sample]), [sample], {})
  writeFileSync(page, await htmlReport(report))
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  })
  const view = await browser.newPage({ viewport: { width: 1240, height: 1000 }, colorScheme: 'light' })
  await view.goto(pathToFileURL(page).href)
  await view.waitForSelector('html[data-ready]')
  await view.screenshot({ path: join(root, 'docs/report.png') })
  await browser.close()
} finally {
  rmSync(folder, { recursive: true })
}
