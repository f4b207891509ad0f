import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { retellReport } from '@pcap-analyzer/engine'
import type { Browser, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, type Client, userOf } from '../../server/test/support/client.ts'
import {
  ADMIN_PASSWORD,
  dialects,
  sample,
  startTestService,
  stopCluster,
  type TestService,
  USER_PASSWORD,
} from '../../server/test/support/test-service.ts'
import { hasChromium, keepPicture, openTab, seriousViolations, startBrowser } from './browser.ts'
import { repeated } from './large-capture.ts'
import { hasFocus, heading, logIn, typeWay } from './steps.ts'

const samples = join(import.meta.dirname, '../../../samples')
const HOUR_MS = 3_600_000

afterAll(stopCluster)

describe.skipIf(!hasChromium).each(dialects)('the other pages in the browser on %s', (dialect) => {
  let service: TestService
  let browser: Browser
  let admin: Client
  let nora: Client & { id: string }
  beforeAll(async () => {
    service = await startTestService(dialect)
    browser = await startBrowser()
    admin = await adminOf(service)
    nora = await userOf(service, admin, 'nora')
  })
  afterAll(async () => {
    await browser?.close()
    await service?.end()
  })

  /** Works on a page as somebody who is logged in; the console must have nothing to say. */
  async function as(name: string, path: string, work: (page: Page) => Promise<void>): Promise<void> {
    const { page, context, troubles } = await openTab(browser, service.base)
    await page.goto(path)
    await logIn(page, name, name === 'admin' ? ADMIN_PASSWORD : USER_PASSWORD)
    await work(page)
    expect(troubles).toEqual([])
    await context.close()
  }

  it('pauses an upload and goes on, shows its hash, and knows a capture again', async () => {
    await as('nora', '/', async (page) => {
      await heading(page, 'What is wrong with this network?')
      const parts = (url: URL) => url.pathname.startsWith('/api/uploads/')
      // the first part hangs until the upload is paused
      const held: Route[] = []
      await page.route(parts, (route) => {
        if (route.request().method() !== 'PATCH') return route.continue()
        held.push(route)
        return undefined
      })
      await page.setInputFiles('#capture', [join(samples, 'slow-dns.pcap'), join(samples, 'filtered-port.pcap')])
      await page.getByRole('button', { name: 'Pause' }).click()
      await page.getByText('paused').waitFor()
      await keepPicture(page, 'upload-paused')
      // the page gave it up already; it must not come after all when nobody holds it any more
      for (const route of held) await route.abort().catch(() => {})
      await page.unroute(parts)
      await page.getByRole('button', { name: 'Go on' }).click()
      await page.getByRole('link', { name: 'Follow the analysis' }).nth(1).waitFor()
      const sha256 = createHash('sha256').update(sample('slow-dns.pcap')).digest('hex')
      await page.getByText(sha256).waitFor()
      const { json } = await nora.get('/api/history?search=slow-dns')
      await nora.ended(json.tasks[0].task_id)
      await page.setInputFiles('#capture', join(samples, 'slow-dns.pcap'))
      await page.getByText('This capture was analysed before.').waitFor()
      expect(await seriousViolations(page)).toEqual([])
      await keepPicture(page, 'upload-known')
      await page.getByRole('button', { name: 'Analyse it again' }).waitFor()
      await page.getByRole('link', { name: 'Open the earlier report' }).click()
      await heading(page, 'slow-dns.pcap')
    })
  })

  it('goes on with an upload where it was, after the page was loaded anew', async () => {
    await userOf(service, admin, 'petra')
    await as('petra', '/', async (page) => {
      await heading(page, 'What is wrong with this network?')
      const file = join(samples, 'connect-trouble.pcap')
      const bytes = sample('connect-trouble.pcap')
      const sentBefore = 500
      const parts = (url: URL) => url.pathname.startsWith('/api/uploads/')
      // what the page sends never leaves; the service gets the beginning of it all the same
      await page.route(parts, (route) => (route.request().method() === 'PATCH' ? undefined : route.continue()))
      const isBegun = page.waitForResponse(
        (response) => response.request().method() === 'POST' && /uploads$/.test(response.url()),
      )
      const isHeld = page.waitForRequest((request) => request.method() === 'PATCH')
      await page.setInputFiles('#capture', file)
      const address = new URL((await (await isBegun).headerValue('location')) ?? '', service.base).href
      await isHeld
      const { request } = page.context()
      const { csrf_token } = await (await request.get('/api/csrf/token')).json()
      const begun = await request.fetch(address, {
        method: 'PATCH',
        headers: {
          'x-csrf-token': csrf_token,
          'tus-resumable': '1.0.0',
          'upload-offset': '0',
          'content-type': 'application/offset+octet-stream',
        },
        data: bytes.subarray(0, sentBefore),
      })
      expect(begun.headers()['upload-offset']).toBe(String(sentBefore))
      // what hangs is held until the page that sent it is gone: let go, it would arrive
      await page.reload()
      await heading(page, 'What is wrong with this network?')
      await page.unrouteAll({ behavior: 'ignoreErrors' })
      const asked: string[] = []
      page.on('request', (sent) => {
        if (!sent.url().includes('/api/uploads')) return
        const offset = sent.headers()['upload-offset']
        asked.push(`${sent.method()} ${sent.url() === address ? 'the same' : sent.url()} ${offset ?? ''}`.trim())
      })
      await page.setInputFiles('#capture', file)
      await heading(page, 'Analysis of connect-trouble.pcap')
      expect(asked).toEqual(['HEAD the same', `PATCH the same ${sentBefore}`])
      await page.getByRole('link', { name: 'Open the report' }).waitFor()
    })
  })

  it('has a sample for whoever has no capture', async () => {
    await userOf(service, admin, 'olga')
    await as('olga', '/', async (page) => {
      await page.getByRole('button', { name: 'Try a download that took seven seconds' }).click()
      await heading(page, 'Analysis of slow-download.pcap')
      await page.getByRole('link', { name: 'Open the report' }).click()
      await heading(page, 'slow-download.pcap')
    })
  })

  it('tells of a large capture before all of it was read, and seals it at the end', async () => {
    const { json } = await nora.upload(repeated(sample('slow-download.pcap'), 33 << 20, 60), 'large.pcap')
    await as('nora', `/progress/${json.task_id}`, async (page) => {
      await page.getByRole('heading', { name: 'First findings' }).waitFor()
      await page.getByRole('link', { name: 'Open the report' }).waitFor({ timeout: 120_000 })
      await page.getByText('The findings are sealed in the report.').waitFor()
      const lines = await page.locator('ol.compared li').allTextContents()
      expect(lines.length).toBeGreaterThan(0)
      for (const line of lines) expect(line).toMatch(/^\S (Critical|High|Medium|Low|Info) ./)
      // what happened is still told when it is over
      await page.reload()
      await page.getByText('writing the report').waitFor()
      await page
        .getByText(/reading packets – [\d,]+ packets/)
        .first()
        .waitFor()
      await keepPicture(page, 'progress-large')
    })
  }, 400_000)

  it('tells a report in the language of the page, whatever it was written in', async () => {
    const { json } = await nora.upload(sample('slow-dns.pcap'), 'told.pcap')
    await nora.ended(json.task_id)
    const written = (await nora.get(`/api/reports/${json.task_id}/json`)).json
    const french = retellReport(written, 'fr')
    expect(french.findings[0]?.summary).not.toBe(written.findings[0].summary)
    // spaces before units do not break on the page
    const plain = (text: string | null | undefined) => text?.replace(/\s/g, ' ')
    await as('nora', `/reports/${json.task_id}`, async (page) => {
      const summary = page.locator('.finding-summary').first()
      const shown = async () => plain(await summary.textContent())
      await expect.poll(shown).toBe(plain(written.findings[0].summary))
      await page.getByLabel('Language').first().selectOption('fr')
      await expect.poll(shown).toBe(plain(french.findings[0]?.summary))
      expect(await page.locator('.other-language').count()).toBe(0)
      expect(await seriousViolations(page)).toEqual([])
      await keepPicture(page, 'report-french')
      await page.getByLabel('Langue').first().selectOption('en')
      await expect.poll(shown).toBe(plain(written.findings[0].summary))
    })
  })

  it('compares two reports, and the address holds which', async () => {
    const ids: string[] = []
    for (const name of ['slow-download.pcap', 'connect-trouble.pcap']) {
      const { json } = await nora.upload(sample(name), name)
      await nora.ended(json.task_id)
      ids.push(json.task_id)
    }
    await as('nora', `/compare?a=${ids[0]}&b=${ids[1]}`, async (page) => {
      await heading(page, 'Compare two reports')
      const counts = page.locator('.page section .count')
      await counts.first().waitFor()
      const [before, after] = await Promise.all(
        ids.map(async (id) => (await nora.get(`/api/reports/${id}/json`)).json.findings.length as number),
      )
      const [appeared, gone, both] = (await counts.allTextContents()).map(Number)
      expect([(appeared ?? 0) + (both ?? 0), (gone ?? 0) + (both ?? 0)]).toEqual([after, before])
      expect(await seriousViolations(page)).toEqual([])
      await keepPicture(page, 'compare')
      await page.getByRole('button', { name: 'Swap' }).click()
      await page.waitForURL(`/compare?a=${ids[1]}&b=${ids[0]}`)
      await page.locator('#appeared .count').getByText(String(gone), { exact: true }).waitFor()
    })
  })

  it('sorts the whole history by the service, as the address says', async () => {
    const { json } = await nora.get('/api/history?sort=file_size_bytes&order=asc')
    const names = json.tasks.map(({ filename }: { filename: string }) => filename)
    await as('nora', '/history', async (page) => {
      await page.getByRole('button', { name: 'Sort by Size' }).click()
      await page.getByRole('columnheader', { name: 'Size' }).and(page.locator('[aria-sort=descending]')).waitFor()
      await page.getByRole('button', { name: 'Sort by Size' }).click()
      await page.waitForURL('/history?sort=file_size_bytes&order=asc')
      await page.getByRole('columnheader', { name: 'Size' }).and(page.locator('[aria-sort=ascending]')).waitFor()
      await expect.poll(() => page.locator('tbody th a').allTextContents()).toEqual(names)
      expect(await seriousViolations(page)).toEqual([])
    })
  })

  it('shows what was asked for last, when an earlier answer comes later', async () => {
    await as('nora', '/history', async (page) => {
      const names = page.locator('tbody th a')
      await names.first().waitFor()
      const held: Route[] = []
      await page.route(
        ({ pathname, searchParams }) => pathname === '/api/history' && searchParams.get('search') === 'slow',
        (route) => void held.push(route),
      )
      await page.getByRole('searchbox').fill('slow')
      await expect.poll(() => held.length).toBe(1)
      await page.getByRole('searchbox').fill('told')
      await expect.poll(() => names.allTextContents()).toEqual(['told.pcap'])
      const late = page.waitForResponse((response) => response.url().includes('search=slow'))
      await held[0]?.continue()
      await (await late).finished()
      expect(await names.allTextContents()).toEqual(['told.pcap'])
    })
  })

  it('asks for a mail with a link, and the link sets a password once', async () => {
    const { page, context, troubles } = await openTab(browser, service.base)
    await page.goto('/login')
    await page.getByRole('link', { name: 'Forgot the password?' }).click()
    await heading(page, 'Reset the password')
    await page.getByLabel('E-mail').fill('nobody@example.com')
    await page.getByRole('button', { name: 'Send the link' }).click()
    await page.getByText('The link works for an hour, once.').waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'forgot-password')

    await page.goto('/reset-password?token=wrong')
    await page.getByText('This link is not valid any more.').waitFor()
    const { id } = await userOf(service, admin, 'rita')
    const token = randomUUID()
    const now = Date.now()
    await service.services.database.query
      .insertInto('password_reset_tokens')
      .values({
        id: randomUUID(),
        user_id: id,
        token_hash: createHash('sha256').update(token).digest('hex'),
        created_at: new Date(now).toISOString(),
        expires_at: new Date(now + HOUR_MS).toISOString(),
        used_at: null,
        ip_address: null,
        user_agent: null,
      })
      .execute()
    await page.goto(`/reset-password?token=${token}`)
    await page.getByLabel('New password').fill('AnotherPassword456!')
    await expect.poll(() => page.url()).not.toContain(token)
    await keepPicture(page, 'reset-password')
    await page.getByLabel('Password again').fill('AnotherPassword456!')
    await page.getByRole('button', { name: 'Change the password' }).click()
    await heading(page, 'Log in')
    await logIn(page, 'rita', 'AnotherPassword456!')
    await heading(page, 'What is wrong with this network?')
    expect(troubles).toEqual([])
    await context.close()
  })

  it('keeps keys for programs and preferences', async () => {
    await as('nora', '/account', async (page) => {
      await heading(page, 'Account')
      await page.getByLabel('Name of the key').fill('backup script')
      await page.getByRole('button', { name: 'Make a key' }).click()
      const key = (await page.locator('.made-key code').textContent()) ?? ''
      const ask = () => fetch(`${service.base}/api/history`, { headers: { authorization: `Bearer ${key}` } })
      expect((await ask()).status).toBe(200)
      expect(await seriousViolations(page)).toEqual([])
      await keepPicture(page, 'api-keys')
      await page.getByRole('button', { name: 'Revoke backup script' }).click()
      await page.getByText('There are no keys.').waitFor()
      expect((await ask()).status).toBe(401)
      await page.getByLabel('Time zone').selectOption('Europe/Paris')
      await page.getByRole('button', { name: 'Save the preferences' }).click()
      await page.getByText('The preferences were saved.').waitFor()
      expect((await nora.get('/api/users/me')).json.time_zone).toBe('Europe/Paris')
      await page.goto('/history')
      const shown = page.locator('tbody time').first()
      await shown.waitFor()
      const iso = (await shown.getAttribute('datetime')) ?? ''
      const hour = new Date(iso).toLocaleTimeString('en-GB', { timeZone: 'Europe/Paris', timeStyle: 'short' })
      await expect.poll(() => shown.textContent()).toContain(hour)
    })
  })

  it('lets administrators act on many users, give passwords and roles, and refuses what would lock them out', async () => {
    const names = ['uma', 'vera', 'willy']
    for (const name of names) {
      await admin.post('/api/register', { username: name, email: `${name}@example.com`, password: USER_PASSWORD })
    }
    await as('admin', '/admin?search=a', async (page) => {
      await heading(page, 'Users')
      await page.goto('/admin')
      for (const name of names) await page.getByLabel(`Select ${name}`).check()
      await page.getByRole('button', { name: 'Approve selected' }).click()
      await page.getByText('3 done, 0 refused').waitFor()
      await page.getByRole('button', { name: 'Approve uma' }).waitFor({ state: 'detached' })
      // what the service refuses for one is said
      for (const name of names.slice(0, 2)) await page.getByLabel(`Select ${name}`).check()
      await page.getByRole('button', { name: 'Approve selected' }).click()
      await page.getByText('0 done, 2 refused').waitFor()
      // the list was read anew, with nobody selected
      await expect.poll(() => page.getByLabel('Select uma').isChecked()).toBe(false)
      await keepPicture(page, 'bulk')
      await page.getByRole('button', { name: 'Reset the password vera' }).click()
      await page.getByRole('alertdialog').waitFor()
      expect(await seriousViolations(page)).toEqual([])
      await page.getByRole('alertdialog').getByRole('button', { name: 'Reset the password' }).click()
      const temporary = (await page.locator('.reset-password code').textContent()) ?? ''
      expect((await admin.logIn('vera', temporary)).status).toBe(200)
      await page.getByRole('button', { name: 'Make administrator willy' }).click()
      await page.getByRole('button', { name: 'Make user willy' }).waitFor()
      expect(await page.getByRole('button', { name: 'Delete admin' }).count()).toBe(0)
      await page.getByLabel('Select uma').check()
      await page.getByRole('button', { name: 'Delete selected' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
      await page.getByRole('rowheader', { name: 'uma' }).waitFor({ state: 'detached' })
    })
  })

  it('shows administrators the trail, whether it is whole, and how the service does', async () => {
    await as('admin', '/admin/audit', async (page) => {
      await heading(page, 'Audit trail')
      await page.getByRole('cell', { name: 'nora' }).first().waitFor()
      await page.getByRole('button', { name: 'Verify the chain' }).click()
      await page.getByText('The chain of the trail is whole').waitFor()
      expect(await seriousViolations(page)).toEqual([])
      await keepPicture(page, 'audit')
      await page.getByRole('link', { name: 'Service' }).click()
      await heading(page, 'Service')
      await page.getByText('Kind of database').waitFor()
      await page.getByLabel('Quota of nora in MiB (empty: default)').fill('7')
      const row = page.getByRole('row', { name: /nora/ })
      await row.getByRole('button', { name: 'Set' }).click()
      await page.getByText('The quota of nora was set.').waitFor()
      expect((await nora.get('/api/users/me/usage')).json.quota_bytes).toBe(7 << 20)
      expect(await seriousViolations(page)).toEqual([])
      await keepPicture(page, 'system')
    })
  })

  it('says that a page did not come, and loads it when it can', async () => {
    await as('nora', '/', async (page) => {
      const isHistory = /\/assets\/history-/
      await page.route(isHistory, (route) => route.abort())
      await page.getByRole('link', { name: 'History', exact: true }).click()
      await heading(page, 'This page did not come')
      expect(await seriousViolations(page)).toEqual([])
      await keepPicture(page, 'not-loaded')
      await page.unroute(isHistory)
      await page.getByRole('button', { name: 'Load it again' }).click()
      await heading(page, 'History')
    })
  })

  it('says so when there is no such page', async () => {
    await as('nora', '/reports/00000000-0000-4000-8000-000000000000', async (page) => {
      await heading(page, 'This report does not exist any more, or is not yours.')
      expect(await seriousViolations(page)).toEqual([])
      await keepPicture(page, 'no-report')
    })
  })

  it('can be steered by keyboard alone', async () => {
    await as('nora', '/history', async (page) => {
      await heading(page, 'History')
      await page.keyboard.press('?')
      await page.getByRole('heading', { name: 'Keyboard' }).waitFor()
      expect(await seriousViolations(page)).toEqual([])
      await keepPicture(page, 'keys')
      await hasFocus(page.getByRole('dialog'))
      await page.keyboard.press('Escape')
      await page.getByRole('heading', { name: 'Keyboard' }).waitFor({ state: 'detached' })
      await hasFocus(page.getByRole('heading', { level: 1 }))
      await page.keyboard.press('/')
      await hasFocus(page.getByRole('searchbox'))
      await page.keyboard.type('dns')
      await page.waitForURL('/history?search=dns')
      await page.keyboard.press('Control+k')
      await hasFocus(page.getByRole('combobox', { name: 'Type a command' }))
      await page.keyboard.type('acc')
      await page.getByRole('option', { name: 'Go to Account' }).and(page.locator('[data-highlighted]')).waitFor()
      expect(await seriousViolations(page)).toEqual([])
      await keepPicture(page, 'palette')
      await page.keyboard.press('Enter')
      await heading(page, 'Account')
      await page.locator('h1').focus()
      await typeWay(page, 'gu', 'What is wrong with this network?')
      await page.goto('/about')
      await heading(page, 'About')
      expect(await seriousViolations(page)).toEqual([])
      await keepPicture(page, 'about')
    })
  })
})
