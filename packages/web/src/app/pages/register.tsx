import { useState } from 'preact/hooks'
import { callWithoutSession } from '../api.ts'
import { NewPassword } from '../forms/new-password.tsx'
import { check, email, filled } from '../forms/rules.ts'
import { useForm } from '../forms/use-form.tsx'
import { Page } from '../parts/page.tsx'
import { useShowing } from '../session/showing.tsx'

const empty = { username: '', email: '', password: '', again: '' }

/** Asks for an account, which an administrator then approves. */
export function RegisterPage() {
  const { words } = useShowing()
  const [isDone, setDone] = useState(false)
  const form = useForm(empty, async ({ again: _, ...account }) => {
    await callWithoutSession('POST', '/api/register', account)
    setDone(true)
  })
  return (
    <Page title={words('register')} kind="narrow">
      <div role="status">{isDone && <p class="card good">{words('registered')}</p>}</div>
      {!isDone && (
        <form.AppForm>
          <form.Frame class="card form" problem={form.problem}>
            <form.AppField name="username" validators={check(filled)}>
              {(field) => <field.TextField label={words('username')} autocomplete="username" maxLength={50} />}
            </form.AppField>
            <form.AppField name="email" validators={check(filled, email)}>
              {(field) => <field.TextField label={words('email')} type="email" autocomplete="email" maxLength={255} />}
            </form.AppField>
            <NewPassword form={form} fields={{ password: 'password', again: 'again' }} label={words('password')} />
            <form.Send>{words('register')}</form.Send>
          </form.Frame>
        </form.AppForm>
      )}
      <p>
        {words('hasAccount')} <a href="/login">{words('logIn')}</a>
      </p>
    </Page>
  )
}
