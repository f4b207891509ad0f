import { useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { Refused } from '../api.ts'
import { check, filled } from '../forms/rules.ts'
import { useForm } from '../forms/use-form.tsx'
import { Page } from '../parts/page.tsx'
import { safeReturnUrl } from '../paths.ts'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'
import { accountWords } from '../words/account.ts'

const empty = { username: '', password: '', code: '' }

/** Name and password, then the second factor where one is set up. */
export function LoginPage() {
  const { words, language } = useShowing()
  const { logIn } = useSession()
  const { route, query } = useLocation()
  const [needsCode, setNeedsCode] = useState(false)
  const form = useForm(empty, async ({ username, password, code }) => {
    try {
      const user = await logIn({ username, password, ...(code !== '' && { totp_code: code }) })
      const next = safeReturnUrl(query.returnUrl, location.origin)
      route(user.password_must_change ? '/change-password' : next, true)
    } catch (error) {
      if (!(error instanceof Refused && error.wantsSecondFactor)) throw error
      setNeedsCode(true)
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[name="code"]')?.focus())
    }
  })
  return (
    <Page title={words('logIn')} kind="narrow">
      <form.AppForm>
        <form.Frame class="card form" problem={form.problem}>
          <form.AppField name="username" validators={check(filled)}>
            {(field) => <field.TextField label={words('username')} autocomplete="username" />}
          </form.AppField>
          <form.AppField name="password" validators={check(filled)}>
            {(field) => <field.TextField label={words('password')} type="password" autocomplete="current-password" />}
          </form.AppField>
          {needsCode && (
            <form.AppField name="code" validators={check(filled)}>
              {(field) => (
                <field.TextField
                  label={words('secondFactor')}
                  autocomplete="one-time-code"
                  hint={words('secondFactorHint')}
                  maxLength={20}
                />
              )}
            </form.AppField>
          )}
          <form.Send>{words('logIn')}</form.Send>
          <p>
            <a href="/forgot-password">{accountWords[language]('forgot')}</a>
          </p>
          <p>
            {words('noAccount')} <a href="/register">{words('register')}</a>
          </p>
        </form.Frame>
      </form.AppForm>
    </Page>
  )
}
