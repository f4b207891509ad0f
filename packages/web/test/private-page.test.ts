import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Report, retellReport } from '@pcap-analyzer/engine'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PRIVATE_PAGE_POLICY, SERVICE_WORKER_POLICY } from '../src/private/policy.ts'
import { keepPicture, seriousViolations } from './browser.ts'
import { heading } from './steps.ts'

const root = join(import.meta.dirname, '../../..')
const folder = join(import.meta.dirname, '../dist/private')
const CHROMIUM = '/usr/bin/chromium'
const hasChromium = existsSync(CHROMIUM)
if (!hasChromium)
  console.error(
    `\n*** NO CHROMIUM at ${CHROMIUM}: the private page is NOT tested; run scripts/install-test-tools.sh ***\n`,
  )

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
}

let server: Server
let browser: Browser
let address = ''
const served: string[] = []

beforeAll(async () => {
  if (!hasChromium) return
  server = createServer((request, response) => {
    const name = basename(new URL(request.url ?? '/', 'http://localhost').pathname) || 'index.html'
    served.push(name)
    const path = join(folder, name)
    if (!existsSync(path)) return response.writeHead(404).end()
    const policy = name === 'sw.js' ? SERVICE_WORKER_POLICY : PRIVATE_PAGE_POLICY
    response.writeHead(200, {
      'cache-control': 'max-age=3600',
      'content-type': types[extname(name)] ?? '',
      'content-security-policy': policy,
    })
    return response.end(readFileSync(path))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
  })
})
afterAll(async () => {
  await browser?.close()
  server?.close()
  rmSync(folderOfMore, { recursive: true, force: true })
})

interface Visit {
  readonly page: Page
  readonly troubles: string[]
}

async function visit(query = ''): Promise<Visit> {
  const context = await browser.newContext()
  // only a defect takes so long
  context.setDefaultTimeout(110_000)
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()))
  page.on('pageerror', (error) => troubles.push(String(error)))
  await page.goto(address + query)
  await page.waitForSelector('html[data-ready]')
  return { page, troubles }
}

/** What the page saves of a capture. */
async function savedBy(page: Page, path: string): Promise<Buffer> {
  await page.setInputFiles('#capture', path)
  await page.waitForSelector('#private[data-state=report]')
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[download]')])
  return readFileSync(await download.path())
}

/** The samples, as they are and compressed. */
const folderOfMore = mkdtempSync(join(tmpdir(), 'private-'))
const samples = globSync('samples/*.pcap', { cwd: root }).map((path) => join(root, path))
const captures = samples.flatMap((path) => {
  const compressed = join(folderOfMore, `${basename(path)}.gz`)
  writeFileSync(compressed, gzipSync(readFileSync(path)))
  return [path, compressed]
})

describe.skipIf(!hasChromium)('the private page', () => {
  it('says of every sample what the command says, byte for byte, with the network cut', async () => {
    const { page, troubles } = await visit()
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'private')
    // what the page keeps for itself was fetched by then
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready
    })
    await page.context().setOffline(true)
    const requestsBefore = served.length
    for (const capture of captures) {
      const saved = await savedBy(page, capture)
      await page.locator('.proof').getByText('0 bytes sent').waitFor()
      const command = spawnSync(
        process.execPath,
        [join(root, 'packages/cli/bin/pcap-analyzer.js'), 'analyze', '--json', capture],
        {
          cwd: root,
          maxBuffer: 1 << 28,
        },
      )
      expect(saved.equals(command.stdout), capture).toBe(true)
      await page.click('text=Analyse another capture')
    }
    expect(captures.length).toBeGreaterThanOrEqual(10)
    expect(served.slice(requestsBefore)).toEqual([])
    expect(troubles).toEqual([])
    await page.context().close()
  }, 600_000)

  it('may connect to nothing', async () => {
    const { page } = await visit()
    const answers = await page.evaluate(async (to) => {
      const tried: string[] = []
      await fetch(to).then(
        () => tried.push('fetch'),
        () => {},
      )
      if (navigator.sendBeacon(to, 'x')) tried.push('beacon')
      return tried
    }, `${address}icon.svg`)
    expect(answers.filter((way) => way === 'fetch')).toEqual([])
    await page.context().close()
  })

  it('works without a network once it was loaded', async () => {
    const { page } = await visit()
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready
    })
    await page.reload()
    await page.context().setOffline(true)
    await page.reload()
    await page.waitForSelector('html[data-ready]')
    expect((await savedBy(page, captures[0] ?? '')).length).toBeGreaterThan(0)
    await page.context().close()
  })

  it('tells the report again in the language that is chosen', async () => {
    const { page, troubles } = await visit('?lang=en')
    const before = await savedBy(page, captures[0] ?? '')
    await page.getByLabel('Times', { exact: true }).selectOption('local')
    await page.getByLabel('Language').selectOption('fr')
    const french = retellReport(JSON.parse(String(before)) as Report, 'fr').findings[0]?.summary
    // spaces before units do not break on the page
    const plain = (text: string | null | undefined) => text?.replace(/\s/g, ' ')
    const shown = async () => plain(await page.locator('.finding-summary').first().textContent())
    await expect.poll(shown).toBe(plain(french))
    await expect.poll(() => page.getByLabel('Heures', { exact: true }).inputValue()).toBe('local')
    expect(troubles).toEqual([])
    await page.context().close()
  })

  it('has a switch of languages and themes that is remembered, and a way back', async () => {
    const { page, troubles } = await visit()
    await page.getByLabel('Language').selectOption('fr')
    await page.getByRole('heading', { name: 'Analyser en privé' }).waitFor()
    await page.getByLabel('Thème').selectOption('dark')
    await page.reload()
    await page.getByRole('heading', { name: 'Analyser en privé' }).waitFor()
    await page.locator('html[data-theme=dark]').waitFor()
    expect(await page.getByRole('link', { name: 'PCAP Analyzer' }).getAttribute('href')).toBe('../')
    expect(await seriousViolations(page)).toEqual([])
    expect(troubles).toEqual([])
    await page.context().close()
  })

  it('refuses what is no capture with its reason, and speaks French', async () => {
    const { page } = await visit('?lang=fr')
    await page.setInputFiles('#capture', join(root, 'README.md'))
    await page.waitForSelector('#private[data-state=refused]')
    await heading(page, 'README.md ne peut pas être analysé')
    await page.locator('.reason').getByText('Ce fichier n’est pas une capture de paquets').waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'private-refused')
    await page.context().close()
  })
})

/** Commands of the guide that are no commands of ours to type in a terminal, but scripts of this repository. */
const guide = readFileSync(join(root, 'docs/guides/web.md'), 'utf8')
const scripts = [...guide.matchAll(/```sh\n([^`]*)```/g)].flatMap(([, lines = '']) => lines.trim().split('\n'))

describe.skipIf(!hasChromium)('the guide of the pages', () => {
  it('names scripts that there are', () => {
    const known = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts)
    expect(scripts).toContain('npm run measure:private')
    for (const script of scripts) expect(known.map((name) => `npm run ${name}`)).toContain(script)
  })

  it('has a command that measures the memory of the private page', () => {
    // the words of the guide, over a capture that is made sooner
    const [program = '', ...parts] = 'npm run measure:private'.split(' ')
    const measured = spawnSync(program, [...parts, '--', '--megabytes', '20'], { cwd: root, encoding: 'utf8' })
    expect(measured.status, measured.stderr).toBe(0)
    expect(measured.stdout).toMatch(/2\d MB in [\d.]+ s: at most \d+ MB of memory \(\d+ MB before\)/)
  }, 600_000)
})
