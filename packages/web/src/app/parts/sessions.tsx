import { useEffect, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { timeText } from '../format.ts'
import { useShowing } from '../session/showing.tsx'
import { Problem } from './problem.tsx'
import { Scroller } from './scroller.tsx'
import { useAction } from './use-action.ts'

interface OpenSession {
  readonly id: string
  readonly created_at: string
  readonly ip_address: string | null
  readonly user_agent: string | null
  readonly is_current: boolean
}

/** Where one is logged in; each can be ended. */
export function Sessions() {
  const { words, language } = useShowing()
  const { problem, run } = useAction()
  const [sessions, setSessions] = useState<readonly OpenSession[]>([])
  const read = () => run(async () => setSessions(await call<OpenSession[]>('GET', '/api/users/me/sessions')))
  useEffect(() => void read(), [])
  const end = (id: string) =>
    run(async () => {
      await call('DELETE', `/api/users/me/sessions/${id}`)
    }).then(read)
  return (
    <>
      <h2>{words('sessions')}</h2>
      <Problem text={problem} />
      <Scroller label={words('sessions')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words('since')}</th>
              <th scope="col">{words('address')}</th>
              <th scope="col">{words('program')}</th>
              <th scope="col">{words('actions')}</th>
            </tr>
          </thead>
          <tbody>
            {sessions.map(({ id, created_at, ip_address, user_agent, is_current }) => (
              <tr key={id}>
                <td class="nowrap">{timeText(created_at, language)}</td>
                <td>{ip_address ?? '–'}</td>
                <td>{user_agent ?? '–'}</td>
                <td class="nowrap">
                  {is_current ? (
                    words('thisSession')
                  ) : (
                    <button type="button" onClick={() => end(id)}>
                      {words('endSession')}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </>
  )
}
