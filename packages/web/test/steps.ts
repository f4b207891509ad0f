import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

/** Waits for a page by its heading. */
export function heading(page: Page, text: string): Promise<void> {
  return page.getByRole('heading', { level: 1, name: text, exact: true }).waitFor()
}

export async function logIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel('User name').fill(name)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

/** Waits until a part has the focus, or something in it: what opens takes it a few frames later, and keys pressed before go elsewhere. */
export async function hasFocus(part: Locator): Promise<void> {
  await expect.poll(() => part.evaluate((element) => element.contains(document.activeElement))).toBe(true)
}

/** Keys that follow one another lead to a page; again when they came so far apart on a busy machine that they did not belong together. */
export async function typeWay(page: Page, keys: string, title: string): Promise<void> {
  const there = page.getByRole('heading', { level: 1, name: title, exact: true })
  const go = async () => {
    await page.keyboard.type(keys)
    return there.waitFor({ timeout: 10_000 }).then(
      () => true,
      () => false,
    )
  }
  await expect.poll(go, { timeout: 110_000 }).toBe(true)
}
