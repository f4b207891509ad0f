import { useEffect, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { callWithoutSession, Refused } from '../api.ts'
import { Field, textsOf } from '../parts/field.tsx'
import { Page, Skeleton } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useToast } from '../parts/toasts.tsx'
import { useAction } from '../parts/use-action.ts'
import { useShowing } from '../session/showing.tsx'
import { accountWords } from '../words/account.ts'

type State = { readonly is: 'asked' | 'invalid' } | { readonly is: 'valid'; readonly email: string }

/** Where the link of a mail leads: a new password, once. The token leaves the address at once. */
export function ResetPasswordPage() {
  const { words: general, language } = useShowing()
  const words = accountWords[language]
  const { query, route } = useLocation()
  const { isBusy, problem, setProblem, run } = useAction()
  const tell = useToast()
  const [token] = useState(query.token ?? '')
  const [state, setState] = useState<State>({ is: 'asked' })
  useEffect(() => {
    history.replaceState(history.state, '', location.pathname)
    callWithoutSession<{ email: string }>('POST', '/api/auth/validate-reset-token', { token }).then(
      ({ email }) => setState({ is: 'valid', email }),
      (error: unknown) => (error instanceof Refused ? setState({ is: 'invalid' }) : setProblem(general('offline'))),
    )
  }, [])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const { password, again } = textsOf(event.currentTarget as HTMLFormElement)
    if (password !== again) return setProblem(general('notTheSame'))
    void run(async () => {
      await callWithoutSession('POST', '/api/auth/reset-password', { token, new_password: password })
      tell(words('resetDone'))
      route('/login', true)
    })
  }
  return (
    <Page title={words('resetTitle')} kind="narrow">
      {state.is === 'asked' && problem === null && <Skeleton />}
      {state.is !== 'valid' && <Problem text={problem} />}
      {state.is === 'invalid' && (
        <p class="problem">
          {words('badLink')} <a href="/forgot-password">{words('askAgain')}</a>
        </p>
      )}
      {state.is === 'valid' && (
        <form class="card form" onSubmit={submit}>
          <p>{words('resetFor', { email: state.email })}</p>
          <Problem text={problem} />
          <Field
            label={general('newPassword')}
            name="password"
            type="password"
            autocomplete="new-password"
            hint={general('passwordRule')}
          />
          <Field label={general('repeatPassword')} name="again" type="password" autocomplete="new-password" />
          <button type="submit" class="primary" disabled={isBusy}>
            {general('change')}
          </button>
        </form>
      )}
    </Page>
  )
}
