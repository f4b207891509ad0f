import { useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { Refused } from '../api.ts'
import { Field, textsOf } from '../parts/field.tsx'
import { Page } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useAction } from '../parts/use-action.ts'
import { safeReturnUrl } from '../paths.ts'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'
import { accountWords } from '../words/account.ts'

/** Name and password, then the second factor where one is set up. */
export function LoginPage() {
  const { words, language } = useShowing()
  const { logIn } = useSession()
  const { route, query } = useLocation()
  const { isBusy, problem, run } = useAction()
  const [needsCode, setNeedsCode] = useState(false)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const { username = '', password = '', totp_code } = textsOf(event.currentTarget as HTMLFormElement)
    void run(async () => {
      try {
        const user = await logIn({ username, password, ...(totp_code && { totp_code }) })
        const next = safeReturnUrl(query.returnUrl, location.origin)
        route(user.password_must_change ? '/change-password' : next, true)
      } catch (error) {
        if (!(error instanceof Refused && error.wantsSecondFactor)) throw error
        setNeedsCode(true)
      }
    })
  }
  return (
    <Page title={words('logIn')} kind="narrow">
      <form class="card form" onSubmit={submit}>
        <Problem text={problem} />
        <Field label={words('username')} name="username" autocomplete="username" />
        <Field label={words('password')} name="password" type="password" autocomplete="current-password" />
        {needsCode && (
          <div role="status">
            <Field
              label={words('secondFactor')}
              name="totp_code"
              autocomplete="one-time-code"
              hint={words('secondFactorHint')}
              maxLength={20}
            />
          </div>
        )}
        <button type="submit" class="primary" disabled={isBusy}>
          {words('logIn')}
        </button>
        <p>
          <a href="/forgot-password">{accountWords[language]('forgot')}</a>
        </p>
        <p>
          {words('noAccount')} <a href="/register">{words('register')}</a>
        </p>
      </form>
    </Page>
  )
}
