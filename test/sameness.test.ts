import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { captureFiles, captureFolders } from './capture-files.ts'
import { builtSeeds } from './fuzz/seeds.ts'
import { type Answers, answersTo } from './sameness/answers.ts'

const MOST_BYTES = 1_000_000
const LIMIT_MS = 600_000
const CHROMIUM = '/usr/bin/chromium'
const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const hasChromium = existsSync(CHROMIUM)
if (!hasChromium) {
  console.error(
    `\n*** NO CHROMIUM at ${CHROMIUM}: that Node and the browser agree is NOT tested; run scripts/install-test-tools.sh ***\n`,
  )
}

let folder = ''
let paths: string[] = []
const expected = new Map<string, Answers>()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sameness-'))
  for (const seed of builtSeeds()) writeFileSync(join(folder, seed.name), seed.bytes)
  paths = captureFiles([...captureFolders(), folder], MOST_BYTES)
  for (const path of paths) expected.set(path, await answersTo(readFileSync(path)))
}, LIMIT_MS)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the engine', () => {
  it.skipIf(!hasChromium)(
    'says the same in a worker of a real browser as in Node, byte for byte',
    async () => {
      const server = await serve(await bundle())
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS })
      try {
        expect(await differencesIn(browser, server)).toEqual([])
      } finally {
        await browser.close()
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
    LIMIT_MS,
  )

  it(
    'says the same in another time zone and language',
    async () => {
      const [one, other] = await Promise.all([
        printedBy({ TZ: 'Pacific/Chatham', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' }),
        printedBy({ TZ: 'UTC', LC_ALL: 'C', LANG: 'C' }),
      ])
      expect(one.equals(other)).toBe(true)
      const here = paths.map((path) => `${JSON.stringify(expected.get(path))}\n`).join('')
      expect(one.equals(Buffer.from(here))).toBe(true)
    },
    LIMIT_MS,
  )
})

/** One script that is the page's worker: the engine as a browser gets it. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'sameness/browser-worker.ts')],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    conditions: ['development'],
    logLevel: 'warning',
  })
  return outputFiles[0].text
}

/** Serves a page, the worker, and the captures by their place in the list. */
async function serve(worker: string): Promise<Server> {
  const server = createServer((request, response) => {
    const url = request.url ?? '/'
    if (url === '/worker.js') {
      response.setHeader('content-type', 'text/javascript')
      response.end(worker)
    } else if (url.startsWith('/capture/')) {
      response.end(readFileSync(paths[Number(url.slice(9))]))
    } else {
      response.setHeader('content-type', 'text/html')
      response.end('<!doctype html><title>sameness</title>')
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** Names of the captures, and which answer, that the browser answers otherwise than Node did. */
async function differencesIn(browser: Browser, server: Server): Promise<string[]> {
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const worker = await page.evaluateHandle(() => new Worker('/worker.js', { type: 'module' }))
  const differences: string[] = []
  for (const [i, path] of paths.entries()) {
    const answers = await worker.evaluate(
      (running, url) =>
        new Promise<Answers | string>((resolve) => {
          running.onmessage = (event) => resolve(event.data)
          running.onerror = (event) => resolve(`worker: ${event.message}`)
          running.postMessage(url)
        }),
      `/capture/${i}`,
    )
    if (typeof answers === 'string') throw new Error(`${basename(path)}: ${answers}`)
    if (answers.report !== expected.get(path)?.report) differences.push(`${basename(path)}: report`)
    if (answers.facts !== expected.get(path)?.facts) differences.push(`${basename(path)}: facts`)
  }
  return differences
}

/** What a new Node process with this environment prints of all captures. */
function printedBy(environment: Record<string, string>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'sameness/print-answers.ts')], {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const pieces: Buffer[] = []
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve(Buffer.concat(pieces)) : reject(new Error(`ended with ${code}`))))
    child.stdin.end(paths.join('\n'))
  })
}
