import { useState } from 'preact/hooks'
import { callWithoutSession } from '../api.ts'
import { check, email, filled } from '../forms/rules.ts'
import { useForm } from '../forms/use-form.tsx'
import { Page } from '../parts/page.tsx'
import { useShowing } from '../session/showing.tsx'
import { accountWords } from '../words/account.ts'

/** Asks for a link by mail; the answer never tells whether the address is known. */
export function ForgotPasswordPage() {
  const { words: general, language } = useShowing()
  const words = accountWords[language]
  const [isSent, setSent] = useState(false)
  const form = useForm({ email: '' }, async (asked) => {
    await callWithoutSession('POST', '/api/auth/forgot-password', asked)
    setSent(true)
  })
  return (
    <Page title={words('forgotTitle')} kind="narrow">
      <p>{words('forgotLead')}</p>
      <form.AppForm>
        <form.Frame class="card form" problem={form.problem}>
          <form.AppField name="email" validators={check(filled, email)}>
            {(field) => <field.TextField label={general('email')} type="email" autocomplete="email" maxLength={255} />}
          </form.AppField>
          <form.Send>{words('sendLink')}</form.Send>
          <div role="status">{isSent && <p class="notice">{words('linkSent')}</p>}</div>
          <p>
            <a href="/login">{general('logIn')}</a>
          </p>
        </form.Frame>
      </form.AppForm>
    </Page>
  )
}
