import { useEffect, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { timeText } from '../format.ts'
import { check, days, filled } from '../forms/rules.ts'
import { useForm } from '../forms/use-form.tsx'
import { useShowing } from '../session/showing.tsx'
import { accountWords } from '../words/account.ts'
import { Problem } from './problem.tsx'
import { Scroller } from './scroller.tsx'
import { useAction } from './use-action.ts'

interface ApiKey {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly scopes: readonly string[]
  readonly expires_at: string | null
  readonly last_used_at: string | null
}

/** Keys for programs: made, shown once, revoked. */
export function ApiKeys() {
  const { words: general, language } = useShowing()
  const words = accountWords[language]
  const { problem, run } = useAction()
  const [keys, setKeys] = useState<readonly ApiKey[]>([])
  const [made, setMade] = useState<string | null>(null)
  const read = async () => setKeys(await call<ApiKey[]>('GET', '/api/keys'))
  useEffect(() => void run(read), [])
  const form = useForm({ name: '', days: '', write: false }, async ({ name, days, write }) => {
    const { key } = await call<{ key: string }>('POST', '/api/keys', {
      name,
      scopes: write ? ['read', 'write'] : ['read'],
      ...(days !== '' && { expires_in_days: Number(days) }),
    })
    setMade(key)
    form.reset()
    await run(read)
  })
  const day = (time: string | null, none: string) => (time === null ? none : timeText(time, language))
  return (
    <section class="card form" aria-labelledby="keys-title">
      <h2 id="keys-title">{words('keys')}</h2>
      <p class="quiet">{words('keysLead')}</p>
      <Problem text={problem} />
      {keys.length === 0 ? (
        <p>{words('noKeys')}</p>
      ) : (
        <Scroller label={words('keys')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{general('name')}</th>
                <th scope="col">{words('key')}</th>
                <th scope="col">{words('scopes')}</th>
                <th scope="col">{words('lastUsed')}</th>
                <th scope="col">{words('expires')}</th>
                <th scope="col">{general('actions')}</th>
              </tr>
            </thead>
            <tbody>
              {keys.map(({ id, name, prefix, scopes, last_used_at, expires_at }) => (
                <tr key={id}>
                  <th scope="row">{name}</th>
                  <td>
                    <code>{prefix}…</code>
                  </td>
                  <td>{scopes.join(', ')}</td>
                  <td>{day(last_used_at, words('never'))}</td>
                  <td>{day(expires_at, '–')}</td>
                  <td>
                    <button
                      type="button"
                      aria-label={words('revokeKey', { name })}
                      onClick={() => void run(() => call('DELETE', `/api/keys/${id}`).then(read))}
                    >
                      {words('revoke')}
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
      <form.AppForm>
        <form.Frame problem={form.problem}>
          <form.AppField name="name" validators={check(filled)}>
            {(field) => <field.TextField label={words('keyName')} autocomplete="off" maxLength={100} />}
          </form.AppField>
          <form.AppField name="days" validators={check(days)}>
            {(field) => (
              <field.TextField
                label={words('keyDays')}
                autocomplete="off"
                inputMode="numeric"
                maxLength={4}
                isRequired={false}
              />
            )}
          </form.AppField>
          <form.AppField name="write">{(field) => <field.Tick label={words('canWrite')} />}</form.AppField>
          <form.Send class="">{words('makeKey')}</form.Send>
        </form.Frame>
      </form.AppForm>
      <div role="status">
        {made !== null && (
          <p class="notice made-key">
            {words('keyOnce')} <code>{made}</code>
          </p>
        )}
      </div>
    </section>
  )
}
