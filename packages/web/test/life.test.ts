import { join } from 'node:path'
import { TOTP } from 'otpauth'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ADMIN_PASSWORD,
  dialects,
  printedPassword,
  sample,
  startTestService,
  stopCluster,
  type TestService,
  USER_PASSWORD,
} from '../../server/test/support/test-service.ts'
import { hasChromium, keepPicture, openTab, seriousViolations, startBrowser } from './browser.ts'
import { heading, logIn } from './steps.ts'

const samples = join(import.meta.dirname, '../../../samples')

afterAll(stopCluster)

describe.skipIf(!hasChromium).each(dialects)('the way of a user through the pages on %s', (dialect) => {
  let service: TestService
  let browser: Browser
  let admin: Awaited<ReturnType<typeof openTab>>
  let user: Awaited<ReturnType<typeof openTab>>
  beforeAll(async () => {
    service = await startTestService(dialect)
    browser = await startBrowser()
    admin = await openTab(browser, service.base)
    user = await openTab(browser, service.base)
  })
  afterAll(async () => {
    await browser?.close()
    await service?.end()
  })

  it('serves the application with a policy that allows nothing inline', async () => {
    for (const path of ['/', '/login', '/history', '/progress/x']) {
      const response = await fetch(service.base + path)
      expect(response.status, path).toBe(200)
      const policy = response.headers.get('content-security-policy')
      expect(policy).toContain("default-src 'none'")
      expect(policy).not.toContain('unsafe')
    }
    expect((await fetch(`${service.base}/nowhere`)).status).toBe(404)
    const own = await fetch(`${service.base}/private/`)
    expect(own.headers.get('content-security-policy')).toContain("connect-src 'none'")
  })

  it('registers, and says that an administrator decides', async () => {
    const { page } = user
    await page.goto('/register')
    await heading(page, 'Register')
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'register')
    await page.getByLabel('User name').fill('nora')
    await page.getByLabel('E-mail').fill('nora@example.com')
    await page.getByLabel('Password', { exact: true }).fill(USER_PASSWORD)
    await page.getByLabel('Password again').fill(USER_PASSWORD)
    await page.getByRole('button', { name: 'Register' }).click()
    await page.getByText('An administrator has to approve it').waitFor()
    await page.goto('/login')
    await logIn(page, 'nora', USER_PASSWORD)
    await page.getByText('This account waits for an administrator').waitFor()
  })

  it('forces the first administrator to choose a password before anything else', async () => {
    const { page } = admin
    await page.goto('/admin')
    await heading(page, 'Log in')
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'login')
    await logIn(page, 'admin', printedPassword(service))
    await heading(page, 'Choose a new password')
    await page.goto('/history')
    await heading(page, 'Choose a new password')
    await keepPicture(page, 'change-password')
    await page.getByLabel('Current password').fill(printedPassword(service))
    await page.getByLabel('New password').fill(ADMIN_PASSWORD)
    await page.getByLabel('Password again').fill(ADMIN_PASSWORD)
    await page.getByRole('button', { name: 'Change the password' }).click()
    await heading(page, 'What is wrong with this network?')
  })

  it('approves the user, and creates another with a password shown once', async () => {
    const { page } = admin
    await page.getByRole('link', { name: 'Users' }).click()
    await heading(page, 'Users')
    await page.getByRole('button', { name: 'Approve nora' }).click()
    await page.getByText('Approve: nora').waitFor()
    await page.getByLabel('User name').fill('otto')
    await page.getByLabel('E-mail', { exact: true }).fill('otto@example.com')
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    await page.getByText('Temporary password of otto').waitFor()
    expect((await page.locator('.create-user code').textContent())?.length).toBe(16)
    await page.getByRole('rowheader', { name: 'otto' }).waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'users')
    await page.getByRole('button', { name: 'Block otto' }).click()
    await page.getByRole('button', { name: 'Unblock otto' }).waitFor()
  })

  it('leads back to the page that was asked for, and nowhere else', async () => {
    const { page } = user
    await page.goto('/history?search=dns')
    await heading(page, 'Log in')
    await logIn(page, 'nora', USER_PASSWORD)
    await heading(page, 'History')
    expect(new URL(page.url()).search).toBe('?search=dns')
    expect(await page.getByRole('link', { name: 'Users' }).count()).toBe(0)
  })

  let secret = ''
  it('sets up a second factor', async () => {
    const { page } = user
    await page.goto('/account')
    await page.getByRole('button', { name: 'Turn it on' }).click()
    secret = (await page.locator('.second-factor code').textContent()) ?? ''
    await page.getByLabel('Code of your second factor').fill(new TOTP({ secret }).generate())
    await page.getByRole('button', { name: 'Turn it on' }).click()
    await page.getByText('Backup codes').waitFor()
  })

  it('refuses what is no capture and says why', async () => {
    const { page } = user
    await page.getByRole('link', { name: 'Upload' }).click()
    await heading(page, 'What is wrong with this network?')
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'upload')
    const header = sample('slow-dns.pcap').subarray(0, 24)
    await page.setInputFiles('#capture', { name: '<b>empty</b>.pcap', mimeType: '', buffer: header })
    await page.getByRole('heading', { name: 'Too few packets' }).waitFor()
    await page.getByText('Capture for longer').waitFor()
    await page.getByText('<b>empty</b>.pcap').waitFor()
    await keepPicture(page, 'refused')
  })

  it('takes a capture, shows how far it is, and the report', async () => {
    const { page } = user
    await page.setInputFiles('#capture', join(samples, 'slow-dns.pcap'))
    await heading(page, 'Analysis of slow-dns.pcap')
    await page.getByRole('link', { name: 'Open the report' }).waitFor()
    await expect.poll(() => page.locator('.progress-head').textContent()).toContain('100 %')
    await expect.poll(() => page.locator('.events li').count()).toBeGreaterThan(1)
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'progress')
    await page.getByRole('link', { name: 'Open the report' }).click()
    await heading(page, 'slow-dns.pcap')
    await page.locator('details.finding').first().waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'report')
    const [evidence] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the frames that prove it' }).first().click(),
    ])
    expect(evidence.suggestedFilename()).toMatch(/\.pcapng$/)
    await page.getByLabel('Language').first().selectOption('fr')
    await page.getByRole('link', { name: 'Historique' }).waitFor()
    await page.locator('html[lang=fr]').waitFor()
    await page.getByLabel('Langue').first().selectOption('en')
  })

  it('keeps what belongs to one user from another', async () => {
    const other = await openTab(browser, service.base)
    await other.page.goto(user.page.url())
    await heading(other.page, 'Log in')
    await other.context.close()
  })

  it('deletes it after asking', async () => {
    const { page } = user
    await page.getByRole('link', { name: 'History' }).click()
    await page.getByRole('link', { name: 'slow-dns.pcap' }).waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'history')
    await page.getByRole('button', { name: 'Delete slow-dns.pcap' }).click()
    await page.getByRole('alertdialog').waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'delete')
    await page.keyboard.press('Escape')
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'slow-dns.pcap' }).waitFor()
    await page.getByRole('button', { name: 'Delete slow-dns.pcap' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('The report was deleted').waitFor()
    await page.getByRole('link', { name: 'slow-dns.pcap' }).waitFor({ state: 'detached' })
  })

  it('logs out for good', async () => {
    const { page } = user
    await page.getByRole('button', { name: 'Log out' }).click()
    await heading(page, 'Log in')
    await page.goto('/history')
    await heading(page, 'Log in')
    await logIn(page, 'nora', USER_PASSWORD)
    await page.getByLabel('Code of your second factor').waitFor()
  })

  it('never made the console complain', () => {
    expect(admin.troubles).toEqual([])
    expect(user.troubles).toEqual([])
  })
})
