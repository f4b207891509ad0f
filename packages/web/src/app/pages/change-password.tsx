import { useLocation } from 'preact-iso/router'
import { call } from '../api.ts'
import { NewPassword } from '../forms/new-password.tsx'
import { check, filled } from '../forms/rules.ts'
import { useForm } from '../forms/use-form.tsx'
import { Page } from '../parts/page.tsx'
import { useToast } from '../parts/toasts.tsx'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'

const empty = { current_password: '', password: '', again: '' }

/** A new password; forced on those whose password somebody else knows. */
export function ChangePasswordPage() {
  const { words } = useShowing()
  const { user, refresh } = useSession()
  const { route } = useLocation()
  const tell = useToast()
  const form = useForm(empty, async ({ current_password, password }) => {
    await call('PUT', '/api/users/me', { current_password, new_password: password })
    await refresh()
    tell(words('changed'))
    route('/', true)
  })
  return (
    <Page title={words('changePassword')} kind="narrow">
      {user?.password_must_change && <p>{words('whyChange')}</p>}
      <form.AppForm>
        <form.Frame class="card form" problem={form.problem}>
          <form.AppField name="current_password" validators={check(filled)}>
            {(field) => (
              <field.TextField label={words('currentPassword')} type="password" autocomplete="current-password" />
            )}
          </form.AppField>
          <NewPassword form={form} fields={{ password: 'password', again: 'again' }} label={words('newPassword')} />
          <form.Send>{words('change')}</form.Send>
        </form.Frame>
      </form.AppForm>
    </Page>
  )
}
