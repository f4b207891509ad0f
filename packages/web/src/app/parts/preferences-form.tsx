import { call } from '../api.ts'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'
import { accountWords } from '../words/account.ts'
import { textsOf } from './field.tsx'
import { Problem } from './problem.tsx'
import { useToast } from './toasts.tsx'
import { useAction } from './use-action.ts'

/** Language and time zone of the account. */
export function PreferencesForm() {
  const { words: general, language, setLanguage } = useShowing()
  const words = accountWords[language]
  const { user, refresh } = useSession()
  const { isBusy, problem, run } = useAction()
  const tell = useToast()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const chosen = textsOf(event.currentTarget as HTMLFormElement)
    void run(async () => {
      await call('PATCH', '/api/users/me', chosen)
      await refresh()
      setLanguage(chosen.language === 'fr' ? 'fr' : 'en')
      tell(accountWords[chosen.language === 'fr' ? 'fr' : 'en']('saved'))
    })
  }
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
  return (
    <section class="card form" aria-labelledby="preferences-title">
      <h2 id="preferences-title">{words('preferences')}</h2>
      <p class="quiet">{words('preferencesLead')}</p>
      <form class="filters" onSubmit={submit}>
        <Problem text={problem} />
        <label>
          {general('language')}
          <select name="language">
            <option value="en" selected={user?.language !== 'fr'}>
              English
            </option>
            <option value="fr" selected={user?.language === 'fr'}>
              Français
            </option>
          </select>
        </label>
        <label>
          {words('timeZone')}
          <select name="time_zone">
            {zones.map((zone) => (
              <option key={zone} value={zone} selected={zone === user?.time_zone}>
                {zone}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" disabled={isBusy}>
          {words('savePreferences')}
        </button>
      </form>
    </section>
  )
}
