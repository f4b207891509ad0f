import { useState } from 'preact/hooks'
import { callWithoutSession } from '../api.ts'
import { Field, textsOf } from '../parts/field.tsx'
import { Page } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useAction } from '../parts/use-action.ts'
import { useShowing } from '../session/showing.tsx'

/** Asks for an account, which an administrator then approves. */
export function RegisterPage() {
  const { words } = useShowing()
  const { isBusy, problem, setProblem, run } = useAction()
  const [isDone, setDone] = useState(false)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const { username, email, password, again } = textsOf(event.currentTarget as HTMLFormElement)
    if (password !== again) return setProblem(words('notTheSame'))
    void run(async () => {
      await callWithoutSession('POST', '/api/register', { username, email, password })
      setDone(true)
    })
  }
  return (
    <Page title={words('register')} kind="narrow">
      <div role="status">{isDone && <p class="card good">{words('registered')}</p>}</div>
      {!isDone && (
        <form class="card form" onSubmit={submit}>
          <Problem text={problem} />
          <Field label={words('username')} name="username" autocomplete="username" maxLength={50} />
          <Field label={words('email')} name="email" type="email" autocomplete="email" maxLength={255} />
          <Field
            label={words('password')}
            name="password"
            type="password"
            autocomplete="new-password"
            hint={words('passwordRule')}
          />
          <Field label={words('repeatPassword')} name="again" type="password" autocomplete="new-password" />
          <button type="submit" class="primary" disabled={isBusy}>
            {words('register')}
          </button>
        </form>
      )}
      <p>
        {words('hasAccount')} <a href="/login">{words('logIn')}</a>
      </p>
    </Page>
  )
}
