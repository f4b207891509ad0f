import { ApiKeys } from '../parts/api-keys.tsx'
import { Page } from '../parts/page.tsx'
import { PreferencesForm } from '../parts/preferences-form.tsx'
import { SecondFactor } from '../parts/second-factor.tsx'
import { Sessions } from '../parts/sessions.tsx'
import { Usage } from '../parts/usage.tsx'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'

/** Who one is, the second factor, and where one is logged in. */
export function AccountPage() {
  const { words } = useShowing()
  const { user } = useSession()
  if (user === null || user === undefined) return null
  return (
    <Page title={words('account')}>
      <section class="card">
        <dl class="facts">
          <div class="fact">
            <dt>{words('username')}</dt>
            <dd>{user.username}</dd>
          </div>
          <div class="fact">
            <dt>{words('email')}</dt>
            <dd>{user.email}</dd>
          </div>
          <div class="fact">
            <dt>{words('role')}</dt>
            <dd>{words(`roles.${user.role}`)}</dd>
          </div>
        </dl>
        <p>
          <a href="/change-password">{words('changePassword')}</a>
        </p>
        <Usage />
      </section>
      <PreferencesForm />
      <SecondFactor />
      <ApiKeys />
      <Sessions />
    </Page>
  )
}
