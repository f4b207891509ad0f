import { call } from '../api.ts'
import { useForm } from '../forms/use-form.tsx'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'
import { accountWords } from '../words/account.ts'
import { useToast } from './toasts.tsx'

const languages = [
  ['en', 'English'],
  ['fr', 'Français'],
] as const
const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')].map(
  (zone) => [zone, zone] as const,
)

/** Language and time zone of the account. */
export function PreferencesForm() {
  const { words: general, language, setLanguage } = useShowing()
  const words = accountWords[language]
  const { user, refresh } = useSession()
  const tell = useToast()
  const form = useForm({ language: user?.language ?? 'en', time_zone: user?.time_zone ?? 'UTC' }, async (chosen) => {
    await call('PATCH', '/api/users/me', chosen)
    await refresh()
    const next = chosen.language === 'fr' ? 'fr' : 'en'
    setLanguage(next)
    tell(accountWords[next]('saved'))
  })
  return (
    <section class="card form" aria-labelledby="preferences-title">
      <h2 id="preferences-title">{words('preferences')}</h2>
      <p class="quiet">{words('preferencesLead')}</p>
      <form.AppForm>
        <form.Frame class="filters" problem={form.problem}>
          <form.AppField name="language">
            {(field) => <field.Choice label={general('language')} options={languages} />}
          </form.AppField>
          <form.AppField name="time_zone">
            {(field) => <field.Choice label={words('timeZone')} options={zones} />}
          </form.AppField>
          <form.Send>{words('savePreferences')}</form.Send>
        </form.Frame>
      </form.AppForm>
    </section>
  )
}
