import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'
import { Field, textsOf } from './field.tsx'
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
  const enable = (event: SubmitEvent) => {
    event.preventDefault()
    const { code } = textsOf(event.currentTarget as HTMLFormElement)
    void run(async () => {
      const enabled = await call<{ backup_codes: string[] }>('POST', '/api/users/me/2fa/enable', { code })
      setSetup(null)
      setBackupCodes(enabled.backup_codes)
      await refresh()
    })
  }
  const disable = (event: SubmitEvent) => {
    event.preventDefault()
    const { password } = textsOf(event.currentTarget as HTMLFormElement)
    void run(async () => {
      await call('POST', '/api/users/me/2fa/disable', { password })
      setBackupCodes([])
      await refresh()
    })
  }

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
        <form class="form" onSubmit={enable}>
          <p>{words('scan')}</p>
          <img class="qr" src={setup.qr_code} alt={words('qrCode')} width={200} height={200} />
          <p>
            {words('orType')} <code>{setup.secret}</code>
          </p>
          <Field label={words('secondFactor')} name="code" autocomplete="one-time-code" maxLength={20} />
          <div class="buttons">
            <button type="submit" class="primary" disabled={isBusy}>
              {words('turnOn')}
            </button>
            <button type="button" onClick={() => setSetup(null)}>
              {words('cancel')}
            </button>
          </div>
        </form>
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
        <form class="form" onSubmit={disable}>
          <Field label={words('password')} name="password" type="password" autocomplete="current-password" />
          <div class="buttons">
            <button type="submit" class="danger" disabled={isBusy}>
              {words('turnOff')}
            </button>
          </div>
        </form>
      )}
    </section>
  )
}
