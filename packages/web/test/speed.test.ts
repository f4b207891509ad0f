import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, userOf } from '../../server/test/support/client.ts'
import { sample, startTestService, type TestService, USER_PASSWORD } from '../../server/test/support/test-service.ts'
import { pages } from '../src/app/paths.ts'
import { hasChromium, openTab, seriousViolations, startBrowser } from './browser.ts'
import { logIn } from './steps.ts'

/** Sent compressed, without the parts that draw reports and packets. */
const MOST_FIRST_LOAD_BYTES = 250_000
/** Each is a round trip on a phone; the most are those of packets. */
const MOST_FILES = 18
/** What Lighthouse calls good. */
const MOST_SHIFT = 0.1
/** Far beyond any machine: only a defect reaches it. */
const MOST_FIRST_PAINT_MS = 15_000

interface Shift {
  readonly value: number
  readonly hadRecentInput: boolean
  readonly sources: readonly { readonly node: Node | null }[]
}

interface Seen {
  /** Elements that moved. */
  readonly moved: readonly string[]
  readonly firstPaintMs: number
  readonly shift: number
  readonly bytes: number
}

/** Collects from the first moment what a browser tells of paint and movement. */
function observe(): void {
  const seen = { shift: 0, firstPaintMs: 0, moved: [] as string[] }
  Object.assign(window, { seen })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & Shift)[]) {
      if (entry.hadRecentInput) continue
      seen.shift += entry.value
      for (const { node } of entry.sources)
        if (node instanceof Element) seen.moved.push(`${node.tagName}.${node.className}`)
    }
  }).observe({ type: 'layout-shift', buffered: true })
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) {
      if (name === 'first-contentful-paint') seen.firstPaintMs = startTime
    }
  }).observe({ type: 'paint', buffered: true })
}

async function visit(page: Page, path: string, ready: string): Promise<Seen> {
  await page.goto(path)
  await page.locator(ready).first().waitFor()
  await page.waitForLoadState('networkidle')
  await page.waitForFunction(() => (window as unknown as { seen: Seen }).seen.firstPaintMs > 0)
  return page.evaluate(() => {
    const loaded = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    const bytes = (loaded as PerformanceResourceTiming[]).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)
    return { ...(window as unknown as { seen: Seen }).seen, bytes }
  })
}

describe.skipIf(!hasChromium)('how fast and how calm the pages are', () => {
  let service: TestService
  let browser: Browser
  let task = ''
  beforeAll(async () => {
    service = await startTestService('sqlite')
    browser = await startBrowser()
    const nora = await userOf(service, await adminOf(service), 'nora')
    task = (await nora.upload(sample('slow-download.pcap'), 'slow-download.pcap')).json.task_id
    await nora.ended(task)
  })
  afterAll(async () => {
    await browser?.close()
    await service?.end()
  })

  it('names all that a page needs in the page itself, and its first load in few files', async () => {
    for (const [path, { file }] of Object.entries(pages)) {
      const page = await (await fetch(service.base + path)).text()
      const named = [...page.matchAll(/(?:href|src)="(\/assets\/[^"]+\.js)"/g)].map(([, address]) => address ?? '')
      const main = named.filter((address) => address.includes('/main-'))
      expect(main, path).toHaveLength(1)
      // what is imported at once, from there on
      const needed = new Set<string>()
      const waiting = [...named]
      for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
        if (needed.has(at)) continue
        needed.add(at)
        const script = await (await fetch(service.base + at)).text()
        for (const [, name] of script.matchAll(/(?:\bfrom|\bimport)"\.\/([^"]+\.js)"/g)) waiting.push(`/assets/${name}`)
      }
      expect(named.toSorted(), path).toEqual([...needed].toSorted())
      expect(
        named.filter((address) => address.includes(`/${file}-`)),
        path,
      ).toHaveLength(1)
      expect(named.length, path).toBeLessThan(MOST_FILES)
    }
  })

  it('asks each question of the first page once, and the browser has no refusal to tell of', async () => {
    const { page, context } = await openTab(browser, service.base)
    const asked: string[] = []
    const refusals: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    page.on('response', (response) => {
      if (response.status() >= 400) refusals.push(`${response.status()} ${response.url()}`)
    })
    await page.goto(`/reports/${task}`)
    await page.locator('form').waitFor()
    await logIn(page, 'nora', USER_PASSWORD)
    await page.locator('.finding').first().waitFor()
    asked.length = 0
    await page.reload()
    await page.locator('.finding').first().waitFor()
    for (const path of ['/api/session', `/api/reports/${task}/json`, `/api/tasks/${task}/access`]) {
      expect(
        asked.filter((one) => one === path),
        path,
      ).toHaveLength(1)
    }
    expect(refusals).toEqual([])
    await context.close()
  })

  it('loads little, paints soon and moves nothing', async () => {
    const { page, context, troubles } = await openTab(browser, service.base)
    await page.addInitScript(observe)
    const seen: Record<string, Seen> = { login: await visit(page, '/login', 'form') }
    expect(seen.login?.bytes).toBeLessThan(MOST_FIRST_LOAD_BYTES)
    await logIn(page, 'nora', USER_PASSWORD)
    await page.locator('.drop').waitFor()
    const pages = [
      ['upload', '/', '.drop'],
      ['history', '/history', 'tbody tr'],
      ['account', '/account', '.page'],
      ['progress', `/progress/${task}`, '.progress'],
      ['report', `/reports/${task}`, '.finding'],
      ['packets', `/reports/${task}/packets`, '.packet-row'],
    ] as const
    for (const [name, path, ready] of pages) {
      seen[name] = await visit(page, path, ready)
      expect(await seriousViolations(page), name).toEqual([])
    }
    console.info(
      Object.entries(seen)
        .map(([name, { firstPaintMs, shift, bytes, moved }]) => {
          return `${name}: first paint ${Math.round(firstPaintMs)} ms, shift ${shift.toFixed(3)}, ${Math.round(bytes / 1000)} kB ${moved}`
        })
        .join('\n'),
    )
    for (const [name, { firstPaintMs, shift, moved }] of Object.entries(seen)) {
      expect(firstPaintMs, name).toBeLessThan(MOST_FIRST_PAINT_MS)
      expect(shift, `${name}: ${moved}`).toBeLessThan(MOST_SHIFT)
    }
    expect(troubles).toEqual([])
    await context.close()
  })
})
