import { useEffect, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { timeText } from '../format.ts'
import { useShowing } from '../session/showing.tsx'
import { accountWords } from '../words/account.ts'
import { Field, textsOf } from './field.tsx'
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
  const { isBusy, problem, run } = useAction()
  const [keys, setKeys] = useState<readonly ApiKey[]>([])
  const [made, setMade] = useState<string | null>(null)
  const read = async () => setKeys(await call<ApiKey[]>('GET', '/api/keys'))
  useEffect(() => void run(read), [])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const { name, days, write } = textsOf(form)
    const scopes = ['read', ...(write === undefined ? [] : ['write'])]
    void run(async () => {
      const { key } = await call<{ key: string }>('POST', '/api/keys', {
        name,
        scopes,
        ...(days && { expires_in_days: Number(days) }),
      })
      setMade(key)
      form.reset()
      await read()
    })
  }
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
      <form class="form" onSubmit={submit}>
        <Field label={words('keyName')} name="name" autocomplete="off" maxLength={100} />
        <Field
          label={words('keyDays')}
          name="days"
          autocomplete="off"
          maxLength={4}
          isRequired={false}
          pattern="[1-9][0-9]{0,3}"
        />
        <label>
          <input type="checkbox" name="write" /> {words('canWrite')}
        </label>
        <button type="submit" disabled={isBusy}>
          {words('makeKey')}
        </button>
      </form>
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
