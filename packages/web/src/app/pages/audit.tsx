import { useEffect, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { AdminAreas } from '../admin/areas.tsx'
import { call } from '../api.ts'
import { timeText } from '../format.ts'
import { Page, Skeleton } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { Scroller } from '../parts/scroller.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { useAction } from '../parts/use-action.ts'
import { useShowing } from '../session/showing.tsx'
import { adminWords } from '../words/admin.ts'

const LIMIT = 50
const outcomes = ['SUCCESS', 'FAILURE', 'BLOCKED'] as const

interface Line {
  readonly sequence: number
  readonly timestamp: string
  readonly event_type: string
  readonly outcome: (typeof outcomes)[number]
  readonly actor_name: string | null
  readonly source_ip: string | null
  readonly message: string
}

/** Who did what, newest first, and whether anybody changed the trail. */
export function AuditPage() {
  const { words: general, language } = useShowing()
  const words = adminWords[language]
  const { query, route } = useLocation()
  const { problem, run } = useAction()
  const [lines, setLines] = useState<readonly Line[] | null>(null)
  const [next, setNext] = useState<number | null>(null)
  const [verdict, setVerdict] = useState<string | null>(null)
  const { outcome = '', event = '' } = query
  const read = (before: number | null) =>
    run(async () => {
      const wanted = new URLSearchParams({ limit: String(LIMIT) })
      if (outcome !== '') wanted.set('outcome', outcome)
      if (event !== '') wanted.set('event_type', event)
      if (before !== null) wanted.set('before', String(before))
      const page = await call<{ events: Line[]; next_before: number | null }>('GET', `/api/admin/audit?${wanted}`)
      setLines((all) => (before === null ? page.events : [...(all ?? []), ...page.events]))
      setNext(page.next_before)
    })
  useEffect(() => void read(null), [outcome, event])
  const show = (changes: Record<string, string>) => {
    const kept = Object.entries({ outcome, event, ...changes }).filter(([, value]) => value !== '')
    route(kept.length === 0 ? '/admin/audit' : `/admin/audit?${new URLSearchParams(kept)}`, true)
  }
  const verify = () =>
    run(async () => {
      const { broken_at } = await call<{ broken_at: number | null }>('GET', '/api/admin/audit/verify')
      setVerdict(broken_at === null ? words('whole') : words('broken', { line: broken_at }))
    })
  return (
    <Page title={words('audit')}>
      <AdminAreas />
      <form class="filters" onSubmit={(submit) => submit.preventDefault()}>
        <label>
          {words('outcome')}
          <select value={outcome} onChange={({ currentTarget }) => show({ outcome: currentTarget.value })}>
            <option value="">{general('all')}</option>
            {outcomes.map((one) => (
              <option key={one} value={one}>
                {words(`outcomes.${one}`)}
              </option>
            ))}
          </select>
        </label>
        <SearchField label={words('event')} value={event} onSearch={(event) => show({ event })} />
        <button type="button" onClick={() => void verify()}>
          {words('verify')}
        </button>
      </form>
      <div role="status">{verdict !== null && <p class="notice">{verdict}</p>}</div>
      <Problem text={problem} />
      {lines === null && problem === null && <Skeleton lines={10} />}
      {lines !== null && lines.length === 0 && <p class="card">{words('noLines')}</p>}
      {lines !== null && lines.length > 0 && (
        <Scroller label={words('audit')}>
          <table>
            <thead>
              <tr>
                {[words('time'), words('event'), words('outcome'), words('who'), words('from'), words('message')].map(
                  (head) => (
                    <th scope="col" key={head}>
                      {head}
                    </th>
                  ),
                )}
              </tr>
            </thead>
            <tbody>
              {lines.map(({ sequence, timestamp, event_type, outcome: how, actor_name, source_ip, message }) => (
                <tr key={sequence}>
                  <td class="nowrap">
                    <time dateTime={timestamp}>{timeText(timestamp, language)}</time>
                  </td>
                  <td>{event_type}</td>
                  <td>
                    <span class={`state outcome-${how}`}>{words(`outcomes.${how}`) ?? how}</span>
                  </td>
                  <td>{actor_name ?? '–'}</td>
                  <td>{source_ip ?? '–'}</td>
                  <td>{message}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
      {next !== null && (
        <button type="button" onClick={() => void read(next)}>
          {words('more')}
        </button>
      )}
    </Page>
  )
}
