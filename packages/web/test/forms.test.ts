import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, userOf } from '../../server/test/support/client.ts'
import {
  dialects,
  startTestService,
  stopCluster,
  type TestService,
  USER_PASSWORD,
} from '../../server/test/support/test-service.ts'
import { Refused } from '../src/app/api.ts'
import { fieldRefusals } from '../src/app/forms/refusals.ts'
import { hasChromium, keepPicture, openTab, seriousViolations, startBrowser } from './browser.ts'
import { heading, logIn } from './steps.ts'

const isThere = (name: string) => ['username', 'email', 'password'].includes(name)
const refused = (fields: Record<string, unknown>) => new Refused(422, fields, () => null)

describe('which fields a refusal of the service means', () => {
  it('takes the names that the service gives', () => {
    const detail = [
      { loc: ['body', 'email'], msg: 'must be an address', type: 'format' },
      { loc: ['body', 'new_password'], msg: 'is too weak', type: 'password_too_weak' },
    ]
    expect(fieldRefusals(refused({ detail }), isThere)).toEqual({
      email: { type: 'format', said: 'must be an address' },
      password: { type: 'password_too_weak', said: 'is too weak' },
    })
  })

  it('knows it by the code of the refusal, and leaves the rest to the form', () => {
    const taken = { detail: 'Email already exists', error_type: 'email_taken' }
    expect(fieldRefusals(refused(taken), isThere)).toEqual({
      email: { type: 'codes.email_taken', said: 'Email already exists' },
    })
    expect(
      fieldRefusals(refused({ detail: 'Registration is closed.', error_type: 'registration_closed' }), isThere),
    ).toEqual({})
    expect(fieldRefusals(refused({ detail: [{ loc: ['body'], msg: 'must be an object' }] }), isThere)).toEqual({})
  })
})

afterAll(stopCluster)

describe.skipIf(!hasChromium).each(dialects)('forms in the browser on %s', (dialect) => {
  let service: TestService
  let browser: Browser
  beforeAll(async () => {
    service = await startTestService(dialect)
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await service?.end()
  })

  /** What is said to be wrong with a field, found the way a screen reader finds it; null while nothing is. */
  const errorOf = (page: Page, label: string) =>
    expect.poll(
      () =>
        page.getByLabel(label, { exact: true }).evaluate((field) => {
          const ids = field.getAttribute('aria-describedby')?.split(' ') ?? []
          const error = document.getElementById(ids.find((id) => id.endsWith('-error')) ?? '')
          return field.getAttribute('aria-invalid') === 'true' ? (error?.textContent ?? null) : null
        }),
      { message: label },
    )
  const focused = (page: Page) =>
    expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('name')), { message: 'the focus' })

  it('says beside each field what is wrong, goes to the first, and takes it back as it is mended', async () => {
    const { page, context, troubles } = await openTab(browser, service.base)
    await page.goto('/register')
    await heading(page, 'Register')
    await page.getByRole('button', { name: 'Register' }).click()
    await page.locator('.field-error').first().waitFor()
    await errorOf(page, 'User name').toBe('This is needed.')
    await focused(page).toBe('username')
    await page.keyboard.type('nora')
    await page.getByLabel('E-mail').fill('nora at example')
    await page.getByLabel('Password', { exact: true }).fill(USER_PASSWORD)
    await page.getByLabel('Password again').fill('something else')
    await page.keyboard.press('Enter')
    await page.getByText('The two passwords differ.').waitFor()
    await errorOf(page, 'User name').toBe(null)
    await errorOf(page, 'E-mail').toContain('name@example.com')
    await focused(page).toBe('email')
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'register-wrong')
    await page.getByLabel('Language').selectOption('fr')
    await errorOf(page, 'Adresse électronique').toContain('nom@exemple.fr')
    expect(troubles).toEqual([])
    await context.close()
  })

  it('places what the service refuses beside the field it means', async () => {
    const admin = await adminOf(service)
    await userOf(service, admin, 'nora')
    const { page, context, troubles } = await openTab(browser, service.base)
    await page.goto('/register')
    await page.getByLabel('User name').fill('nora')
    await page.getByLabel('E-mail').fill('other@example.com')
    await page.getByLabel('Password', { exact: true }).fill('passwordpassword')
    await page.getByLabel('Password again').fill('passwordpassword')
    await page.keyboard.press('Enter')
    await page.getByText('This password is too weak').waitFor()
    await errorOf(page, 'Password').toContain('too weak')
    await focused(page).toBe('password')
    await page.getByLabel('Password', { exact: true }).fill(USER_PASSWORD)
    await page.getByLabel('Password again').fill(USER_PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByText('This user name is taken already').waitFor()
    await errorOf(page, 'User name').toBe('This user name is taken already.')
    await page.getByLabel('Language').selectOption('fr')
    await errorOf(page, 'Nom d’utilisateur').toBe('Ce nom d’utilisateur est déjà pris.')
    await page.getByLabel('Langue').selectOption('en')
    await page.goto('/account')
    await logIn(page, 'nora', 'wrong password')
    await page.getByRole('alert').getByText('User name or password is wrong').waitFor()
    expect(troubles).toEqual([])
    await context.close()
  })
})
