import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, type Client } from '../../server/test/support/client.ts'
import { ADMIN_PASSWORD, sample, startTestService, type TestService } from '../../server/test/support/test-service.ts'
import { pagePaths } from '../src/app/paths.ts'
import { hasChromium, lasting, openTab, pictures, startBrowser } from './browser.ts'
import { logIn } from './steps.ts'

/** A window of 1280 pixels at 200 %, for somebody who asked for no motion. */
const ZOOMED = { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2, reducedMotion: 'reduce' } as const

/** What cannot be read or reached as it should. */
function misplaced(): string[] {
  const nameOf = (element: Element) =>
    `${element.tagName}.${element.className} «${(element.textContent ?? '').trim().slice(0, 40)}»`
  const isSeen = (element: Element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  const scrolls = (element: Element) => /auto|scroll/.test(getComputedStyle(element).overflowX)
  const scrollerOf = (element: Element | null): Element | null =>
    element === null || scrolls(element) ? element : scrollerOf(element.parentElement)
  const isHiddenForEyes = (element: Element) => element.closest('.visually-hidden, .skip, .capture-input') !== null
  const all = [...document.querySelectorAll('body *')].filter((one) => isSeen(one) && !isHiddenForEyes(one))
  const wide = [document.documentElement, ...document.querySelectorAll('[role=dialog], [role=alertdialog]')]
    .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
    .map((one) => `scrolls sideways: ${one.tagName}.${one.className}`)
  const outside = all
    .filter((one) => scrollerOf(one) === null && one.getBoundingClientRect().right > window.innerWidth + 1)
    .map((one) => `outside of the window: ${nameOf(one)}`)
  const cut = all
    .filter((one) => {
      const { overflowX, overflowY, textOverflow } = getComputedStyle(one)
      if (one instanceof SVGElement || (textOverflow === 'ellipsis' && one.closest('[role=grid]') !== null))
        return false
      const isCutAcross = /hidden|clip/.test(overflowX) && one.scrollWidth > one.clientWidth + 1
      return isCutAcross || (/hidden|clip/.test(overflowY) && one.scrollHeight > one.clientHeight + 1)
    })
    .map((one) => `cut off: ${nameOf(one)}`)
  const boxes = all
    .filter((one) => one.matches('a, button, input, select, textarea, summary'))
    .map((one) => ({ one, box: one.getBoundingClientRect(), scroller: scrollerOf(one) }))
  const covered = boxes.flatMap(({ one, box, scroller }, i) =>
    boxes.slice(i + 1).flatMap(({ one: other, box: its, scroller: itsScroller }) => {
      if (scroller !== itsScroller) return []
      const across = Math.min(box.right, its.right) - Math.max(box.left, its.left)
      const down = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top)
      const isApart = across <= 1 || down <= 1 || one.contains(other) || other.contains(one)
      return isApart ? [] : [`${nameOf(one)} lies over ${nameOf(other)}`]
    }),
  )
  return [...wide, ...outside, ...cut, ...covered]
}

/** What moves although nothing should. */
function moving(): string[] {
  const isLong = (durations: string) => durations.split(',').some((one) => Number.parseFloat(one) > 0)
  const styled = [...document.querySelectorAll('*')].flatMap((one) => {
    const { transitionDuration, animationDuration, animationName, scrollBehavior } = getComputedStyle(one)
    const moves = isLong(transitionDuration) || (animationName !== 'none' && isLong(animationDuration))
    return moves || scrollBehavior === 'smooth' ? [`${one.tagName}.${one.className}`] : []
  })
  return [...styled, ...document.getAnimations().map(({ id }) => `an animation ${id}`)]
}

describe.skipIf(!hasChromium)('at 200 % and without motion', () => {
  let service: TestService
  let browser: Browser
  let admin: Client
  let task = ''
  let other = ''
  beforeAll(async () => {
    service = await startTestService('sqlite')
    browser = await startBrowser()
    admin = await adminOf(service)
    for (const name of ['slow-download.pcap', 'connect-trouble.pcap']) {
      ;[task, other] = [other, (await admin.upload(sample(name), name)).json.task_id]
      await admin.ended(other)
    }
  })
  afterAll(async () => {
    await browser?.close()
    await service?.end()
  })

  async function look(page: Page, name: string): Promise<void> {
    mkdirSync(pictures, { recursive: true })
    const wrong = await lasting(page, () => page.evaluate(misplaced))
    await page.screenshot({ path: join(pictures, `zoomed-${name}.png`), fullPage: true })
    expect(wrong, name).toEqual([])
    expect(await page.evaluate(moving), name).toEqual([])
  }
  const addressOf = (path: string) => {
    if (path === '/compare') return `/compare?a=${task}&b=${other}`
    if (path === '/reports/:id/packets') return `/reports/${task}/packets?filter=http&frame=4`
    return path.replace(':id', task)
  }
  /** What each page shows once it is whole. */
  const whole: Readonly<Record<string, string>> = {
    '/progress/:id': '.progress',
    '/reports/:id': '.finding',
    '/reports/:id/packets': '.detail-parts',
    '/history': 'tbody tr',
    '/compare': '.figures',
    '/admin': 'tbody tr',
    '/admin/audit': 'tbody tr',
    '/admin/system': 'tbody tr',
    '/account': 'tbody tr',
  }

  it.each(['en', 'fr'] as const)(
    'nothing of any page is cut off, covered or moves, in %s',
    async (language) => {
      const { page, context, troubles } = await openTab(browser, service.base, ZOOMED)
      await page.goto('/login')
      for (const path of pagePaths.filter((one) => /login|register|password|about/.test(one))) {
        await page.goto(path)
        await page.locator('h1').waitFor()
        await page.waitForLoadState('networkidle')
        await page
          .getByRole('combobox', { name: /^Langu/ })
          .first()
          .selectOption(language)
        await look(page, `${path.slice(1).replaceAll(/\W+/g, '-')}-${language}`)
      }
      await page.goto('/login')
      await page
        .getByRole('combobox', { name: /^Langu/ })
        .first()
        .selectOption('en')
      await logIn(page, 'admin', ADMIN_PASSWORD)
      await page.locator('.drop').waitFor()
      await page
        .getByRole('combobox', { name: /^Langu/ })
        .first()
        .selectOption(language)
      for (const path of pagePaths.filter((one) => !/login|register|forgot|reset|about/.test(one))) {
        await page.goto(addressOf(path))
        await page
          .locator(whole[path] ?? 'h1')
          .first()
          .waitFor()
        await page.waitForLoadState('networkidle')
        await look(page, `${path.slice(1).replaceAll(/\W+/g, '-')}-${language}`)
      }
      expect(troubles).toEqual([])
      await context.close()
    },
    600_000,
  )

  it('what is wrong would be seen', async () => {
    const { page, context } = await openTab(browser, service.base, ZOOMED)
    await page.goto('/login')
    await page.locator('form').waitFor()
    await page.waitForLoadState('networkidle')
    expect(await page.evaluate(misplaced)).toEqual([])
    expect(await page.evaluate(moving)).toEqual([])
    await page.evaluate(() => {
      const planted = (selector: string, style: Partial<CSSStyleDeclaration>) =>
        Object.assign((document.querySelector(selector) as HTMLElement).style, style)
      planted('h1', { width: '2000px', transitionDuration: '1s' })
      planted('form label', { overflow: 'hidden', height: '4px', display: 'block' })
      planted('form button', { marginTop: '-90px' })
    })
    const found = (await page.evaluate(misplaced)).join('; ')
    for (const kind of ['scrolls sideways', 'outside of the window: H1', 'cut off: LABEL', 'lies over'])
      expect(found).toContain(kind)
    expect(await page.evaluate(moving)).toEqual(['H1.'])
    await context.close()
  })

  it('nor of what opens over a page', async () => {
    const { page, context } = await openTab(browser, service.base, ZOOMED)
    await page.goto(`/reports/${task}`)
    await logIn(page, 'admin', ADMIN_PASSWORD)
    await page.getByRole('button', { name: 'Share', exact: true }).click()
    await page.getByRole('dialog').waitFor()
    await look(page, 'share')
    await page.goto(`/reports/${task}/packets?stream=tcp.0`)
    await page.locator('.turn-0 pre').first().waitFor()
    await look(page, 'stream')
    await page.goto('/history')
    await page.getByRole('button', { name: 'Delete slow-download.pcap' }).click()
    await page.getByRole('alertdialog').waitFor()
    await look(page, 'delete')
    await context.close()
  })
})
