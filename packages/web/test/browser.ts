import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const MOST_WAIT_MS = 110_000
const CHROMIUM = '/usr/bin/chromium'
export const hasChromium = existsSync(CHROMIUM)
if (!hasChromium) {
  console.error(`\n*** NO CHROMIUM at ${CHROMIUM}: the pages are NOT tested; run scripts/install-test-tools.sh ***\n`)
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] })
}

/** A tab with a session of its own, and every trouble its console told of. */
export async function openTab(browser: Browser, base: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ baseURL: base, locale: 'en-GB', ...options })
  // only a defect takes so long, on a machine that has much else to do too
  context.setDefaultTimeout(MOST_WAIT_MS)
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('console', (message) => {
    // the browser itself tells of answers like 401, which belong to the way
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      troubles.push(message.text())
  })
  page.on('pageerror', (error) => troubles.push(String(error)))
  return { context, page, troubles }
}

/** What axe finds that is serious, as `rule: where`, once the page is at rest. */
export function seriousViolations(page: Page): Promise<string[]> {
  return lasting(page, () => violationsNow(page))
}

async function violationsNow(page: Page): Promise<string[]> {
  // the page's own policy lets no script in, so that axe comes through the debugger
  const session = await page.context().newCDPSession(page)
  await session.send('Runtime.evaluate', { expression: readFileSync(axe, 'utf8') })
  await session.detach()
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }
    interface Violation {
      readonly id: string
      readonly impact: string
      readonly nodes: readonly { readonly target: readonly string[] }[]
    }
    return (await axe.run()).violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      target: nodes[0]?.target.join(' '),
    }))
  })
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, target }) => `${id}: ${target}`)
}

/** Where pictures of the pages are kept, for people to look at; `SCREENSHOTS` names another folder. */
export const pictures = process.env.SCREENSHOTS ?? join(import.meta.dirname, '../../../test-artefacts/pages')

/** Keeps a picture of a page in two widths and both themes; none may be wider than the window, nor what stands in a dialog wider than that. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true })
  for (const [width, height] of [
    [1280, 900],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height })
    const tooWide = await lasting(page, () => overflowNow(page))
    if (tooWide.length > 0) throw new Error(`${name} is wider than a window of ${width}: ${tooWide.join(', ')}`)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: join(pictures, `${name}-${width}-${colorScheme}.png`) })
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.emulateMedia({ colorScheme: 'light' })
}

/** What is wider than its place. */
function overflowNow(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('[role="dialog"], [role="alertdialog"]')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map(({ tagName, scrollWidth, clientWidth }) => `${tagName}: ${scrollWidth} of ${clientWidth}`),
  )
}

/** Looks until nothing is found any more, as lists and tables follow their window a few frames later; what is still found then is wrong. */
export async function lasting(page: Page, find: () => Promise<string[]>): Promise<string[]> {
  const nextFrame = () =>
    page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  await nextFrame()
  let found = await find()
  for (const until = Date.now() + MOST_WAIT_MS / 4; found.length > 0 && Date.now() < until; ) {
    await nextFrame()
    found = await find()
  }
  return found
}
