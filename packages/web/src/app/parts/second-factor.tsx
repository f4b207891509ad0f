import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import { check, filled } from '../forms/rules.ts'
import { useForm } from '../forms/use-form.tsx'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'
import { Problem } from './problem.tsx'
import { useAction } from './use-action.ts'

interface Setup {
  readonly secret: string
  /** A picture as data URL. */
  readonly qr_code: string
}

/** Switches the second factor on, with backup codes that are shown once, or off with the password. */
export function SecondFactor() {
  const { words } = useShowing()
  const { user, refresh } = useSession()
  const { isBusy, problem, run } = useAction()
  const [setup, setSetup] = useState<Setup | null>(null)
  const [backupCodes, setBackupCodes] = useState<readonly string[]>([])
  const isOn = user?.is_2fa_enabled === true

  const begin = () => run(async () => setSetup(await call<Setup>('POST', '/api/users/me/2fa/setup')))
  const enabling = useForm({ code: '' }, async (proof) => {
    const enabled = await call<{ backup_codes: string[] }>('POST', '/api/users/me/2fa/enable', proof)
    setSetup(null)
    setBackupCodes(enabled.backup_codes)
    enabling.reset()
    await refresh()
  })
  const disabling = useForm({ password: '' }, async (proof) => {
    await call('POST', '/api/users/me/2fa/disable', proof)
    setBackupCodes([])
    disabling.reset()
    await refresh()
  })

  return (
    <section class="card second-factor" aria-labelledby="second-factor-title">
      <h2 id="second-factor-title">{words('twoFactor')}</h2>
      <p role="status">{isOn ? words('twoFactorOn') : words('twoFactorOff')}</p>
      <Problem text={problem} />
      {!isOn && setup === null && (
        <button type="button" disabled={isBusy} onClick={begin}>
          {words('turnOn')}
        </button>
      )}
      {setup !== null && (
        <enabling.AppForm>
          <enabling.Frame problem={enabling.problem}>
            <p>{words('scan')}</p>
            <img class="qr" src={setup.qr_code} alt={words('qrCode')} width={200} height={200} />
            <p>
              {words('orType')} <code>{setup.secret}</code>
            </p>
            <enabling.AppField name="code" validators={check(filled)}>
              {(field) => <field.TextField label={words('secondFactor')} autocomplete="one-time-code" maxLength={20} />}
            </enabling.AppField>
            <div class="buttons">
              <enabling.Send>{words('turnOn')}</enabling.Send>
              <button type="button" onClick={() => setSetup(null)}>
                {words('cancel')}
              </button>
            </div>
          </enabling.Frame>
        </enabling.AppForm>
      )}
      {backupCodes.length > 0 && (
        <div class="notice" role="status">
          <p>{words('backupCodes')}</p>
          <ul class="backup-codes">
            {backupCodes.map((code) => (
              <li key={code}>
                <code>{code}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
      {isOn && (
        <disabling.AppForm>
          <disabling.Frame problem={disabling.problem}>
            <disabling.AppField name="password" validators={check(filled)}>
              {(field) => <field.TextField label={words('password')} type="password" autocomplete="current-password" />}
            </disabling.AppField>
            <div class="buttons">
              <disabling.Send class="danger">{words('turnOff')}</disabling.Send>
            </div>
          </disabling.Frame>
        </disabling.AppForm>
      )}
    </section>
  )
}
