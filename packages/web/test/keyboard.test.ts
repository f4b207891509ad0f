import { join } from 'node:path'
import { TOTP } from 'otpauth'
import type { Browser, FileChooser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, userOf } from '../../server/test/support/client.ts'
import {
  dialects,
  startTestService,
  stopCluster,
  type TestService,
  USER_PASSWORD,
} from '../../server/test/support/test-service.ts'
import { hasChromium, openTab, startBrowser } from './browser.ts'
import { hasFocus, heading, typeWay } from './steps.ts'

const capture = join(import.meta.dirname, '../../../samples/slow-download.pcap')
const MOST_TABS = 150

/** Notes every click and press that came from a pointer; a key that presses a button clicks without one. */
function watchPointers(): void {
  const seen: string[] = []
  Object.assign(window, { pointersSeen: seen })
  for (const type of ['pointerdown', 'mousedown', 'touchstart', 'click'] as const) {
    document.addEventListener(
      type,
      (event) => {
        if (type !== 'click' || (event as MouseEvent).detail > 0)
          seen.push(`${type} on ${(event.target as Element).tagName}`)
      },
      true,
    )
  }
}

interface Focused {
  readonly name: string
  readonly isLost: boolean
  readonly isVisible: boolean
}

/** What has the focus, and whether one can see that it has. */
function focused(page: Page): Promise<Focused> {
  return page.evaluate(() => {
    const active = document.activeElement
    if (active === null || active === document.body) return { name: 'nothing', isLost: true, isVisible: false }
    // a file is chosen by a field that nobody sees; its label shows the focus
    const shown = active.matches('.capture-input') ? (active.nextElementSibling ?? active) : active
    const { outlineStyle, outlineWidth } = getComputedStyle(shown)
    const isOutlined = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0
    const inner = active.querySelector('.packet-active')
    const isInner = inner !== null && getComputedStyle(inner).outlineStyle !== 'none'
    return {
      name: active.getAttribute('aria-label') ?? active.textContent?.trim().slice(0, 60) ?? active.tagName,
      isLost: false,
      isVisible: isOutlined || isInner,
    }
  })
}

afterAll(stopCluster)

describe.skipIf(!hasChromium).each(dialects)('by keyboard alone on %s', (dialect) => {
  let service: TestService
  let browser: Browser
  let backupCode = ''
  beforeAll(async () => {
    service = await startTestService(dialect)
    browser = await startBrowser()
    const nora = await userOf(service, await adminOf(service), 'nora')
    const { secret } = (await nora.post('/api/users/me/2fa/setup', {})).json
    const enabled = await nora.post('/api/users/me/2fa/enable', { code: new TOTP({ secret }).generate() })
    backupCode = enabled.json.backup_codes[0]
  })
  afterAll(async () => {
    await browser?.close()
    await service?.end()
  })

  it('goes from the login to a report, its packets, evidence and notes, and out again', async () => {
    const { page, context, troubles } = await openTab(browser, service.base)
    await page.addInitScript(watchPointers)
    // listened for from the beginning: the browser is told of it by and by
    const chooser = new Promise<FileChooser>((resolve) => page.once('filechooser', resolve))
    const press = (key: string) => page.keyboard.press(key)

    /** Once a page is at rest, something of it has the focus. */
    const isKept = (where: string) =>
      expect.poll(async () => (await focused(page)).isLost, { message: `focus ${where}` }).toBe(false)

    /** Walks to something; on the way the focus is seen and never lost. */
    async function walkTo(role: Parameters<Page['getByRole']>[0], name: string | RegExp, key = 'Tab'): Promise<void> {
      const target = page.getByRole(role, { name, ...(typeof name === 'string' && { exact: true }) }).first()
      await target.waitFor({ state: 'attached' })
      for (let count = 0; count < MOST_TABS; count++) {
        if (await target.evaluate((element) => element === document.activeElement)) return
        await press(key)
        const { name: reached, isLost, isVisible } = await focused(page)
        // behind the last element the focus goes through the browser's own bars
        if (!isLost) expect(isVisible, `the focus on ${reached} is seen`).toBe(true)
      }
      throw new Error(`no way to ${role} ${name}`)
    }

    await page.goto('/history')
    await heading(page, 'Log in')
    await walkTo('textbox', 'User name')
    await page.keyboard.type('nora')
    await press('Tab')
    await page.keyboard.type(USER_PASSWORD)
    await press('Enter')
    await hasFocus(page.getByLabel('Code of your second factor'))
    await page.keyboard.type(backupCode)
    await press('Enter')
    await heading(page, 'History')
    await isKept('after the login')

    await typeWay(page, 'gu', 'What is wrong with this network?')
    await isKept('on the page of uploads')
    await walkTo('button', /Drop captures here/)
    await press('Enter')
    await (await chooser).setFiles(capture)
    await heading(page, 'Analysis of slow-download.pcap')
    await isKept('on the page of progress')
    await walkTo('link', 'Open the report')
    await press('Enter')
    await heading(page, 'slow-download.pcap')
    await isKept('on the report')

    await walkTo('link', 'Download the frames that prove it')
    const [evidence] = await Promise.all([page.waitForEvent('download'), press('Enter')])
    expect(evidence.suggestedFilename()).toMatch(/\.pcapng$/)
    await walkTo('button', 'Write a note')
    await press('Enter')
    await hasFocus(page.getByRole('textbox', { name: 'Note', exact: true }))
    await page.keyboard.type('Ask the provider')
    await walkTo('button', 'Save the note')
    await press('Enter')
    await page.locator('.finding-note').getByText('Ask the provider').waitFor()
    await isKept('after the note')

    await walkTo('link', 'Packets', 'Shift+Tab')
    await press('Enter')
    await heading(page, 'Packets of slow-download.pcap')
    await isKept('on the packets')
    await press('/')
    await hasFocus(page.getByRole('combobox', { name: 'Display filter' }))
    await page.keyboard.type('http.request')
    await press('Enter')
    await page.waitForURL(/filter=http.request/)
    await page
      .locator('.packet-counts')
      .getByText(/^(\d+) of (?!\1 )\d+ packets/)
      .waitFor()
    await walkTo('grid', 'Packets')
    await press('Home')
    await page.getByRole('heading', { name: /^Frame \d+$/ }).waitFor()
    await walkTo('button', 'Follow the stream')
    await press('Enter')
    await page.locator('.turn-0 pre').first().waitFor()
    const within = () => page.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null)
    await expect.poll(within).toBe(true)
    for (let count = 0; count < 12; count++) {
      await press('Tab')
      expect(await within(), 'the focus stays in the dialog').toBe(true)
    }
    await press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(async () => (await focused(page)).name).toBe('Follow the stream')

    await typeWay(page, 'gh', 'History')
    await isKept('on the history')
    await walkTo('button', 'Delete slow-download.pcap')
    await press('Enter')
    await page.getByRole('alertdialog').waitFor()
    await expect.poll(async () => (await focused(page)).name).toBe('Cancel')
    await press('Tab')
    await press('Enter')
    await page.getByRole('button', { name: 'Delete slow-download.pcap' }).waitFor({ state: 'detached' })
    await isKept('after what had it was deleted')
    await walkTo('button', 'Log out', 'Shift+Tab')
    await press('Enter')
    await heading(page, 'Log in')
    await isKept('after the logout')

    expect(await page.evaluate(() => (window as unknown as { pointersSeen: string[] }).pointersSeen)).toEqual([])
    expect(troubles).toEqual([])
    await context.close()
  }, 600_000)
})
