import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { htmlReport } from '../../report/src/index.ts'
import { corpusFolder, sample, samples } from '../../report/test/support/captures.ts'
import { hostileReport, hostileTexts, tenYearsReport, writtenReport } from '../../report/test/support/reports.ts'

const CHROMIUM = '/usr/bin/chromium'
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const hasChromium = existsSync(CHROMIUM)
if (!hasChromium)
  console.error(
    `\n*** NO CHROMIUM at ${CHROMIUM}: the HTML report is NOT tested; run scripts/install-test-tools.sh ***\n`,
  )
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const MOST_BYTES = 1_000_000
/** It takes a tenth of a second on an idle machine; a busy one may take longer, a defect always does. */
const READY_MS = 5000

const views: readonly BrowserContextOptions[] = [1280, 420].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ viewport: { width, height: 900 }, colorScheme })),
)
/** Reports that are looked at in every view; the others in two. */
const telling = ['hostile', 'slow-download', 'ten-years', 'connect-trouble']
const isThorough = (view: BrowserContextOptions) => view === views[0] || view === views[3]
const nameOf = ({ viewport, colorScheme }: BrowserContextOptions) => `${viewport?.width} ${colorScheme}`

let folder = ''
let browser: Browser | undefined
const files = new Map<string, string>()

beforeAll(async () => {
  if (!hasChromium) return
  folder = mkdtempSync(join(tmpdir(), 'viewer-'))
  const vectors = corpusFolder('markup in names of a real capture', '../vectors')
  const captures = [...samples, ...(vectors === null ? [] : [join(vectors, 'xss.pcap')])]
  for (const path of captures) await write(basename(path, '.pcap'), await htmlReport(await writtenReport(path)))
  await write('ten-years', await htmlReport(await tenYearsReport(folder)))
  await write('hostile', await htmlReport(await hostileReport(folder)))
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS })
})

afterAll(async () => {
  await browser?.close()
  if (folder !== '') rmSync(folder, { recursive: true, force: true })
})

async function write(name: string, html: string): Promise<void> {
  const path = join(folder, `${name}.html`)
  writeFileSync(path, html)
  files.set(name, path)
}

/** A page with the report open, and everything that went wrong on the way. */
async function open(
  name: string,
  options: BrowserContextOptions = views[0],
): Promise<{ page: Page; trouble: string[] }> {
  if (browser === undefined) throw new Error('no browser')
  const context = await browser.newContext({ ...options, acceptDownloads: false })
  // only a defect takes so long
  context.setDefaultTimeout(110_000)
  const page = await context.newPage()
  const trouble: string[] = []
  page.on('console', (message) => trouble.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => trouble.push(`error: ${error.stack}`))
  page.on('dialog', (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  const url = pathToFileURL(files.get(name) ?? '').href
  page.on('request', (request) => {
    if (request.url() !== url) trouble.push(`request: ${request.url().slice(0, 200)}`)
  })
  await page.goto(url)
  await page.waitForSelector('html[data-ready]')
  return { page, trouble }
}

/** Opens everything that is folded, also what is filled as it is opened, and scrolls past every chart, so that all are drawn. */
async function unfold(page: Page): Promise<void> {
  const openAll = () =>
    page.evaluate(async () => {
      const folded = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')]
      for (const one of folded) one.open = true
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      return document.querySelectorAll('details:not([open])').length
    })
  await expect.poll(openAll).toBe(0)
  await page.evaluate(async () => {
    for (const plot of document.querySelectorAll('.plot')) {
      plot.scrollIntoView({ behavior: 'instant', block: 'center' })
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    }
    window.scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })
  })
}

/** Elements that make the page wider than the window; what scrolls by itself may be wider. */
function overflowOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth } = document.documentElement
    if (scrollWidth <= window.innerWidth) return []
    const wide = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > window.innerWidth + 1,
    )
    const names = wide.map(
      ({ tagName, className, parentElement }) => `${tagName}.${className} in ${parentElement?.className}`,
    )
    return [`${scrollWidth} pixels`, ...names.slice(0, 5)]
  })
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string | null
    readonly nodes: readonly { readonly html: string }[]
  }[]
}

async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource)
  const results = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(root: Document): Promise<unknown> } }
    return (await axe.run(document)) as never
  })
  return (results as AxeResults).violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0]?.html.slice(0, 160)}`)
}

/** Milliseconds from the start of the navigation until the report can be read. */
async function readyMs(name: string): Promise<number> {
  const { page } = await open(name)
  const startTime = await page.evaluate(() => performance.getEntriesByName('ready')[0]?.startTime)
  await page.context().close()
  return startTime ?? Number.POSITIVE_INFINITY
}

describe.skipIf(!hasChromium)('the offline report', () => {
  it.each(views.map((view) => [nameOf(view), view] as const))(
    'shows every report at %s without error, request, overflow or barrier',
    async (_, view) => {
      for (const name of isThorough(view) ? files.keys() : telling) {
        const { page, trouble } = await open(name, view)
        await unfold(page)
        expect(trouble, name).toEqual([])
        await expect.poll(() => overflowOf(page), { message: name }).toEqual([])
        if (view === views[0] || ['hostile', 'slow-download'].includes(name))
          expect(await seriousViolations(page), name).toEqual([])
        await page.context().close()
      }
    },
    600_000,
  )

  it('is small and soon ready', async () => {
    for (const [name, path] of files) {
      expect(readFileSync(path).length, name).toBeLessThan(MOST_BYTES)
      // a machine that is busy with something else may delay one try, not all
      await expect.poll(() => readyMs(name), { timeout: 60_000, message: name }).toBeLessThan(READY_MS)
    }
  })

  it('takes captured text for text', async () => {
    const { page, trouble } = await open('hostile')
    await unfold(page)
    expect(await page.title()).not.toBe('1')
    expect(
      await page.evaluate(
        () => document.querySelectorAll('main img, main script, main iframe, main a[href^="http"]').length,
      ),
    ).toBe(0)
    const shown = await page.evaluate(() => document.body.innerText)
    expect(shown).toContain('<img src=x onerror=document')
    for (const text of hostileTexts)
      for (const unseen of ['\u202e', '\u001b', '\u0007'])
        expect(text.includes(unseen) && shown.includes(unseen)).toBe(false)
    expect(trouble).toEqual([])
    await page.context().close()
  })

  it('forbids what it does not hold itself', async () => {
    const { page, trouble } = await open('slow-download')
    const failed: (string | undefined)[] = []
    page.on('requestfailed', (request) => failed.push(request.failure()?.errorText))
    await page.evaluate(() => {
      document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = "run"' }))
      const image = document.createElement('img')
      image.src = 'https://example.invalid/x.png'
      document.body.append(image)
    })
    await expect.poll(() => failed).toEqual(['csp'])
    await expect.poll(() => trouble.some((one) => one.includes('Content Security Policy'))).toBe(true)
    expect(await page.title()).not.toBe('run')
    await page.context().close()
  })

  it('sorts and filters tables, and says how many rows there are', async () => {
    const { page } = await open('slow-download')
    await page.locator('#section-tcp-health > summary').click()
    const table = page.locator('#section-tcp-health .table').first()
    await table.getByRole('button', { name: 'Frames' }).click()
    const first = () => table.locator('tbody tr').first().innerText()
    await expect.poll(first).toMatch(/duplicate_ack.*3/s)
    await table.getByRole('button', { name: 'Frames' }).click()
    await expect.poll(first).toMatch(/0\s*$/)
    await table.locator('th').nth(1).and(page.locator('[aria-sort=ascending]')).waitFor()
    await table.getByRole('searchbox').fill('zero_window')
    await expect.poll(() => table.locator('tbody tr').count()).toBe(3)
    await expect.poll(() => table.locator('.table-count').innerText()).toBe('3 of 15 rows')
    await page.context().close()
  })

  it('zooms with the keyboard and back', async () => {
    const { page } = await open('slow-download')
    const plot = page.locator('#traffic .plot').first()
    await plot.scrollIntoViewIfNeeded()
    await page.waitForSelector('#traffic .plot canvas')
    const picture = async () => (await plot.screenshot()).toString('base64')
    await plot.focus()
    let [before, whole] = ['', await picture()]
    // drawn by and by
    await expect.poll(async () => ([before, whole] = [whole, await picture()]) && before === whole).toBe(true)
    await page.keyboard.press('+')
    await expect.poll(async () => (await picture()) === whole).toBe(false)
    await page.keyboard.press('0')
    await expect.poll(async () => (await picture()) === whole).toBe(true)
    await page.context().close()
  })

  it('speaks French, shows local times, and copies filters as they are', async () => {
    const { page, trouble } = await open('slow-download', {
      ...views[0],
      timezoneId: 'Asia/Kathmandu',
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const facts = page.locator('.top-facts')
    await expect.poll(() => facts.innerText()).toContain('2026-01-01 00:00:00 UTC')
    await page.getByLabel('Times').selectOption('local')
    await expect.poll(() => facts.innerText()).toContain('2026-01-01 05:45:00 UTC+05:45')
    await page.locator('.finding .filter .copy').first().click()
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('frame.number in {73..74}')
    await page.getByLabel('Language').selectOption('fr')
    await expect.poll(() => page.locator('#time h2').innerText()).toBe('Où est passé le temps')
    await page.locator('html[lang=fr]').waitFor()
    await expect.poll(() => page.locator('#time .budget').innerText()).toContain('30,7')
    expect(trouble).toEqual([])
    await page.context().close()
  })

  it('prints with every finding unfolded and without controls', async () => {
    const { page } = await open('slow-download')
    const pdf = await page.pdf({ format: 'A4' })
    expect(pdf.length).toBeGreaterThan(20_000)
    await expect.poll(() => page.locator('details.finding:not([open])').count()).toBe(0)
    await page.emulateMedia({ media: 'print' })
    await page.locator('.controls').waitFor({ state: 'hidden' })
    await page.context().close()
  })

  it('tells the findings without any script', async () => {
    if (browser === undefined) return
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(pathToFileURL(files.get('slow-download') ?? '').href)
    expect(await page.locator('noscript').innerText()).toContain('closed its receive window')
    await context.close()
  })
})

describe('a report without details', () => {
  it('says that it has no packets, and how to have them', async () => {
    const { details: _, ...report } = await writtenReport(sample('slow-dns'))
    expect(await htmlReport(report)).toContain('Content-Security-Policy')
  })
})
