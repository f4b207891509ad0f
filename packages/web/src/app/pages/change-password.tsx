import { useLocation } from 'preact-iso/router'
import { call } from '../api.ts'
import { Field, textsOf } from '../parts/field.tsx'
import { Page } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useToast } from '../parts/toasts.tsx'
import { useAction } from '../parts/use-action.ts'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'

/** A new password; forced on those whose password somebody else knows. */
export function ChangePasswordPage() {
  const { words } = useShowing()
  const { user, refresh } = useSession()
  const { route } = useLocation()
  const { isBusy, problem, setProblem, run } = useAction()
  const tell = useToast()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const { current, password, again } = textsOf(event.currentTarget as HTMLFormElement)
    if (password !== again) return setProblem(words('notTheSame'))
    void run(async () => {
      await call('PUT', '/api/users/me', { current_password: current, new_password: password })
      await refresh()
      tell(words('changed'))
      route('/', true)
    })
  }
  return (
    <Page title={words('changePassword')} kind="narrow">
      {user?.password_must_change && <p>{words('whyChange')}</p>}
      <form class="card form" onSubmit={submit}>
        <Problem text={problem} />
        <Field label={words('currentPassword')} name="current" type="password" autocomplete="current-password" />
        <Field
          label={words('newPassword')}
          name="password"
          type="password"
          autocomplete="new-password"
          hint={words('passwordRule')}
        />
        <Field label={words('repeatPassword')} name="again" type="password" autocomplete="new-password" />
        <button type="submit" class="primary" disabled={isBusy}>
          {words('change')}
        </button>
      </form>
    </Page>
  )
}
