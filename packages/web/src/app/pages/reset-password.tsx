import { useEffect, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { callWithoutSession, Refused } from '../api.ts'
import { NewPassword } from '../forms/new-password.tsx'
import { useForm } from '../forms/use-form.tsx'
import { Page, Skeleton } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useToast } from '../parts/toasts.tsx'
import { useShowing } from '../session/showing.tsx'
import { accountWords } from '../words/account.ts'

type State = { readonly is: 'asked' | 'invalid' } | { readonly is: 'valid'; readonly email: string }

const empty = { password: '', again: '' }

/** Where the link of a mail leads: a new password, once. The token leaves the address at once. */
export function ResetPasswordPage() {
  const { words: general, language } = useShowing()
  const words = accountWords[language]
  const { query, route } = useLocation()
  const [problem, setProblem] = useState<string | null>(null)
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
  const form = useForm(empty, async ({ password }) => {
    await callWithoutSession('POST', '/api/auth/reset-password', { token, new_password: password })
    tell(words('resetDone'))
    route('/login', true)
  })
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
        <form.AppForm>
          <form.Frame class="card form" problem={form.problem}>
            <p>{words('resetFor', { email: state.email })}</p>
            <NewPassword form={form} fields={{ password: 'password', again: 'again' }} label={general('newPassword')} />
            <form.Send>{general('change')}</form.Send>
          </form.Frame>
        </form.AppForm>
      )}
    </Page>
  )
}
