import { once } from 'node:events'
import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { finished } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { PRIVATE_PAGE_POLICY, SERVICE_WORKER_POLICY } from '@pcap-analyzer/web'
import { chromium } from 'playwright-core'

// How much memory the tab takes that analyses a large capture within the browser, as Linux counts it. After `npm run build`:
// node --conditions=development scripts/measure-private-page.ts [--megabytes 1000 | --capture FILE] [--most-memory 400]

const CHROMIUM = '/usr/bin/chromium'
const HEADER_BYTES = 24
const RECORD_HEADER_BYTES = 16
const ROUND_SECONDS = 60
/** Behind headers of Ethernet and IP version 4 without options. */
const PORTS_START = 34
const HTTP_PORT = 80
const LOOK_MS = 50
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
}
const root = join(import.meta.dirname, '..')
const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '1000' },
    /** A capture of one's own, rather than one that is made. */
    capture: { type: 'string' },
    'most-memory': { type: 'string', default: '400' },
  },
})

/** The sample again and again, each round later and from another port, so that it is many connections. */
async function writeLarge(path: string, leastBytes: number): Promise<void> {
  const sample = readFileSync(join(root, 'samples/slow-download.pcap'))
  const file = createWriteStream(path)
  file.write(sample.subarray(0, HEADER_BYTES))
  for (let round = 0, written = HEADER_BYTES; written < leastBytes; round++) {
    const records = Buffer.from(sample.subarray(HEADER_BYTES))
    for (let at = 0; at + RECORD_HEADER_BYTES <= records.length; ) {
      records.writeUInt32LE(records.readUInt32LE(at) + round * ROUND_SECONDS, at)
      const ports = at + RECORD_HEADER_BYTES + PORTS_START
      const client = 1024 + (round % 60_000)
      if (records.readUInt16BE(ports) === HTTP_PORT) records.writeUInt16BE(client, ports + 2)
      else if (records.readUInt16BE(ports + 2) === HTTP_PORT) records.writeUInt16BE(client, ports)
      at += RECORD_HEADER_BYTES + records.readUInt32LE(at + 8)
    }
    written += records.length
    if (!file.write(records)) await once(file, 'drain')
  }
  file.end()
  await finished(file)
}

/** Resident memory of the processes that draw pages, in MB; the largest is the tab's. */
function largestRendererMb(): number {
  let largest = 0
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')) continue
      const [, resident] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
      largest = Math.max(largest, Number(resident ?? 0) / 1000)
    } catch {
      // the process ended meanwhile
    }
  }
  return largest
}

const folder = mkdtempSync(join(tmpdir(), 'private-memory-'))
const capture = values.capture ?? join(folder, 'large.pcap')
const pages = join(root, 'packages/web/dist/private')
const server = createServer((request, response) => {
  const name = basename(new URL(request.url ?? '/', 'http://localhost').pathname) || 'index.html'
  const type = types[extname(name)]
  if (type === undefined || !readdirSync(pages).includes(name)) return response.writeHead(404).end()
  const policy = name === 'sw.js' ? SERVICE_WORKER_POLICY : PRIVATE_PAGE_POLICY
  response.writeHead(200, { 'content-type': type, 'content-security-policy': policy })
  return response.end(readFileSync(join(pages, name)))
}).listen(0, '127.0.0.1')
try {
  if (values.capture === undefined) await writeLarge(capture, Number(values.megabytes) * 1e6)
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await page.waitForSelector('html[data-ready]')
  const idleMb = largestRendererMb()
  let peakMb = 0
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, largestRendererMb())
  }, LOOK_MS)
  const begin = performance.now()
  await page.setInputFiles('#capture', capture)
  await page.waitForSelector('#private[data-state=report]', { timeout: 0 })
  const seconds = (performance.now() - begin) / 1000
  clearInterval(watch)
  await browser.close()
  const megabytes = statSync(capture).size / 1e6
  console.info(
    `${megabytes.toFixed(0)} MB in ${seconds.toFixed(1)} s: at most ${peakMb.toFixed(0)} MB of memory (${idleMb.toFixed(0)} MB before)`,
  )
  if (peakMb > Number(values['most-memory'])) {
    console.error(`more than ${values['most-memory']} MB`)
    process.exitCode = 1
  }
} finally {
  server.close()
  rmSync(folder, { recursive: true, force: true })
}
