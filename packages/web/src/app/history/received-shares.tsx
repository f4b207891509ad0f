import { useEffect, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { timeText } from '../format.ts'
import { Scroller } from '../parts/scroller.tsx'
import { useShowing } from '../session/showing.tsx'
import { historyWords } from '../words/history.ts'
import { reportWords, type ShareLevel } from '../words/report.ts'

interface Received {
  readonly id: string
  readonly task_id: string
  readonly filename: string
  readonly level: ShareLevel
  readonly created_at: string
  readonly owner_username: string | null
}

/** Reports that others share; nothing when there are none. */
export function ReceivedShares() {
  const { words: general, language } = useShowing()
  const words = historyWords[language]
  const [shares, setShares] = useState<readonly Received[]>([])
  useEffect(() => {
    call<Received[]>('GET', '/api/shares').then(setShares, () => {})
  }, [])
  if (shares.length === 0) return null
  return (
    <>
      <h2>{words('sharedWithMe')}</h2>
      <Scroller label={words('sharedWithMe')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{general('name')}</th>
              <th scope="col">{words('sharedBy')}</th>
              <th scope="col">{words('level')}</th>
              <th scope="col">{words('since')}</th>
            </tr>
          </thead>
          <tbody>
            {shares.map(({ id, task_id, filename, level, created_at, owner_username }) => (
              <tr key={id}>
                <th scope="row">
                  <a href={`/reports/${task_id}`}>{filename}</a>
                </th>
                <td>{owner_username ?? '–'}</td>
                <td>{reportWords[language](`levels.${level}`)}</td>
                <td class="nowrap">{timeText(created_at, language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </>
  )
}
