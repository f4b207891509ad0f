import { useState } from 'preact/hooks'
import { callWithoutSession } from '../api.ts'
import { Field, textsOf } from '../parts/field.tsx'
import { Page } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useAction } from '../parts/use-action.ts'
import { useShowing } from '../session/showing.tsx'
import { accountWords } from '../words/account.ts'

/** Asks for a link by mail; the answer never tells whether the address is known. */
export function ForgotPasswordPage() {
  const { words: general, language } = useShowing()
  const words = accountWords[language]
  const { isBusy, problem, run } = useAction()
  const [isSent, setSent] = useState(false)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const { email } = textsOf(event.currentTarget as HTMLFormElement)
    void run(async () => {
      await callWithoutSession('POST', '/api/auth/forgot-password', { email })
      setSent(true)
    })
  }
  return (
    <Page title={words('forgotTitle')} kind="narrow">
      <p>{words('forgotLead')}</p>
      <form class="card form" onSubmit={submit}>
        <Problem text={problem} />
        <Field label={general('email')} name="email" type="email" autocomplete="email" maxLength={255} />
        <button type="submit" class="primary" disabled={isBusy}>
          {words('sendLink')}
        </button>
        <div role="status">{isSent && <p class="notice">{words('linkSent')}</p>}</div>
        <p>
          <a href="/login">{general('logIn')}</a>
        </p>
      </form>
    </Page>
  )
}
