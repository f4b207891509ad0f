import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TOTP } from 'otpauth'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, type Client, userOf } from '../../server/test/support/client.ts'
import {
  dialects,
  startTestService,
  stopCluster,
  type TestService,
  USER_PASSWORD,
} from '../../server/test/support/test-service.ts'
import { safeReturnUrl } from '../src/app/paths.ts'
import { hasChromium, keepPicture, openTab, seriousViolations, startBrowser } from './browser.ts'
import { heading, logIn } from './steps.ts'

const capture = join(import.meta.dirname, '../../../samples/slow-dns.pcap')

/** A port that stays free while a service that listens on it starts again: below those that systems give to whoever asks for any. */
async function lastingPort(): Promise<string> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const server = createServer()
    const isFree = once(server.listen(port, '127.0.0.1'), 'listening').then(
      () => true,
      () => false,
    )
    if (await isFree) {
      await new Promise((resolve) => server.close(resolve))
      return String(port)
    }
  }
}

describe('where a login leads to', () => {
  it.each([
    ['/history?search=dns#x', '/history?search=dns#x'],
    ['//evil.example/', '/'],
    ['/\\evil.example/', '/'],
    ['https://evil.example/', '/'],
    ['javascript:alert(1)', '/'],
    ['/\t/evil.example', '/'],
    ['/login?returnUrl=/login', '/'],
    [undefined, '/'],
  ])('%s becomes %s', (asked, expected) => {
    expect(safeReturnUrl(asked, 'https://pcap.example')).toBe(expected)
  })
})

afterAll(stopCluster)

describe.skipIf(!hasChromium).each(dialects)('accounts and sessions in the browser on %s', (dialect) => {
  const folder = mkdtempSync(join(tmpdir(), 'pcap-sessions-'))
  let service: TestService
  let browser: Browser
  let admin: Client
  beforeAll(async () => {
    // nobody analyses, so that what was uploaded waits
    const environment = { INLINE_WORKER: 'false', PORT: await lastingPort() }
    service = await startTestService(dialect, { folder, environment })
    browser = await startBrowser()
    admin = await adminOf(service)
  })
  afterAll(async () => {
    await browser?.close()
    await service?.end()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A tab in which a new user is logged in and follows a capture that waits. */
  async function followed(name: string) {
    const client = await userOf(service, admin, name)
    const { json } = await client.upload(readFileSync(capture), 'slow-dns.pcap')
    const tab = await openTab(browser, service.base)
    await tab.page.goto(`/progress/${json.task_id}`)
    await logIn(tab.page, name, USER_PASSWORD)
    await heading(tab.page, 'Analysis of slow-dns.pcap')
    return { ...tab, client, task: json.task_id as string }
  }

  it('turns on a second factor, asks for it by keyboard alone, and stays logged in when a password was wrong', async () => {
    await userOf(service, admin, 'nora')
    const { page, context, troubles } = await openTab(browser, service.base)
    await page.goto('/account')
    await logIn(page, 'nora', USER_PASSWORD)
    await heading(page, 'Account')
    await page.getByRole('button', { name: 'Turn it on' }).click()
    const secret = (await page.locator('.second-factor code').textContent()) ?? ''
    await keepPicture(page, 'second-factor')
    await page.getByLabel('Code of your second factor').fill(new TOTP({ secret }).generate())
    await page.getByRole('button', { name: 'Turn it on' }).click()
    await page.getByText('Backup codes').waitFor()
    await expect.poll(() => page.locator('.backup-codes li').count()).toBe(10)
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'account')

    const backupCode = (await page.locator('.backup-codes code').first().textContent()) ?? ''
    await page.getByRole('button', { name: 'Log out' }).click()
    await heading(page, 'Log in')
    await page.getByLabel('User name').focus()
    await page.keyboard.type('nora')
    await page.keyboard.press('Tab')
    await page.keyboard.type(USER_PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByLabel('Code of your second factor').focus()
    await page.keyboard.type('000000')
    await page.keyboard.press('Enter')
    await page.getByText('This code is not right').waitFor()
    await page.getByLabel('Code of your second factor').fill(backupCode)
    await page.keyboard.press('Enter')
    await heading(page, 'Account')

    await page.getByLabel('Password', { exact: true }).fill('wrong')
    await page.getByRole('button', { name: 'Turn it off' }).click()
    await page.getByText('This is not the password').waitFor()
    await heading(page, 'Account')
    expect(troubles).toEqual([])
    await context.close()
  })

  it('cancels an analysis and starts it again', async () => {
    const { page, context } = await followed('paul')
    await page.getByRole('button', { name: 'Cancel the analysis' }).click()
    await page.locator('.progress-head').getByText('cancelled').waitFor()
    await page.getByRole('button', { name: 'Analyse again' }).click()
    await page.locator('.progress-head').getByText('waiting').waitFor()
    await context.close()
  })

  it('leads to the login and back when the session ended in the middle', async () => {
    const { page, context } = await followed('quentin')
    const address = page.url()
    await context.clearCookies()
    // the page may have noticed by itself already; then there is no button any more, and the login is on its way
    await page.evaluate(() => document.querySelector<HTMLElement>('.progress button')?.click())
    await heading(page, 'Log in')
    await logIn(page, 'quentin', USER_PASSWORD)
    await heading(page, 'Analysis of slow-dns.pcap')
    expect(page.url()).toBe(address)
    await context.close()
  })

  it('renews a session by itself while the page is open', async () => {
    const { page, context } = await openTab(browser, service.base)
    await userOf(service, admin, 'tina')
    await page.clock.install()
    await page.goto('/history')
    await logIn(page, 'tina', USER_PASSWORD)
    await heading(page, 'History')
    const tokens = async () => (await context.cookies()).map(({ value }) => value).join(' ')
    const before = await tokens()
    const renewed = page.waitForResponse((response) => response.url().endsWith('/api/token/renew'))
    await page.clock.runFor(16 * 60_000)
    expect((await renewed).status()).toBe(200)
    await expect.poll(tokens).not.toBe(before)
    await page.reload()
    await heading(page, 'History')
    await context.close()
  })

  it('shows another user nothing of it', async () => {
    const { page: own, context } = await followed('rosa')
    await userOf(service, admin, 'mallory')
    const { page, context: other } = await openTab(browser, service.base)
    await page.goto(own.url())
    await logIn(page, 'mallory', USER_PASSWORD)
    await heading(page, 'This report does not exist any more, or is not yours.')
    await page.goto(own.url().replace('/progress/', '/reports/'))
    await heading(page, 'This report does not exist any more, or is not yours.')
    await page.goto('/admin')
    await heading(page, 'There is no such page.')
    await other.close()
    await context.close()
  })

  it('follows the analysis over a restart of the service', async () => {
    const { page, context, troubles } = await followed('simon')
    const closing = service.close()
    // as when a machine goes: nobody waits for those who watch
    service.app?.server.closeAllConnections()
    await closing
    const { DATABASE_URL: databaseUrl, PORT } = service.environment
    service = await startTestService(dialect, { folder, databaseUrl, environment: { PORT } })
    await page.getByRole('link', { name: 'Open the report' }).waitFor({ timeout: 120_000 })
    await page.getByRole('link', { name: 'Open the report' }).click()
    await heading(page, 'slow-dns.pcap')
    // the browser tells of the connection that broke as the service went
    expect(troubles.filter((text) => !text.includes('ERR_'))).toEqual([])
    await context.close()
  }, 400_000)

  it('forces a password of their own on users whom an administrator created', async () => {
    const created = await admin.post('/api/admin/users', { username: 'otto', email: 'otto@example.com' })
    const other = await openTab(browser, service.base, { colorScheme: 'dark' })
    const { page } = other
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto('/')
    await page.getByLabel('Language').selectOption('fr')
    await page.getByLabel('Nom d’utilisateur').fill('otto')
    await page.getByLabel('Mot de passe', { exact: true }).fill(created.json.temporary_password)
    await page.getByRole('button', { name: 'Se connecter' }).click()
    await heading(page, 'Choisir un nouveau mot de passe')
    expect(await seriousViolations(page)).toEqual([])
    await page.getByLabel('Mot de passe actuel').fill(created.json.temporary_password)
    await page.getByLabel('Nouveau mot de passe').fill(USER_PASSWORD)
    await page.getByLabel('Mot de passe, encore une fois').fill(USER_PASSWORD)
    await page.getByRole('button', { name: 'Changer le mot de passe' }).click()
    await heading(page, 'Qu’est-ce qui ne va pas dans ce réseau ?')
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await page.goto('/history')
    await page.getByText('Aucune capture pour l’instant').waitFor()
    expect(other.troubles).toEqual([])
    await other.context.close()
  })
})
