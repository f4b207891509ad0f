import { useEffect, useMemo, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { AdminAreas } from '../admin/areas.tsx'
import { type AuditLine, auditColumns, outcomes } from '../admin/audit-columns.tsx'
import { call } from '../api.ts'
import { ChoiceFilter } from '../parts/choice-filter.tsx'
import { Page, Skeleton } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { useAction } from '../parts/use-action.ts'
import { useShowing } from '../session/showing.tsx'
import { DataTable } from '../table/data-table.tsx'
import { adminWords } from '../words/admin.ts'

const LIMIT = 50
/** Who did what, newest first, and whether anybody changed the trail. */
export function AuditPage() {
  const { language } = useShowing()
  const words = adminWords[language]
  const { query, route } = useLocation()
  const { problem, run, ask } = useAction()
  const [lines, setLines] = useState<readonly AuditLine[] | null>(null)
  const [next, setNext] = useState<number | null>(null)
  const [verdict, setVerdict] = useState<string | null>(null)
  const { outcome = '', event = '' } = query
  const read = (before: number | null) => {
    const wanted = new URLSearchParams({ limit: String(LIMIT) })
    if (outcome !== '') wanted.set('outcome', outcome)
    if (event !== '') wanted.set('event_type', event)
    if (before !== null) wanted.set('before', String(before))
    return ask(
      () => call<{ events: AuditLine[]; next_before: number | null }>('GET', `/api/admin/audit?${wanted}`),
      (page) => {
        setLines((all) => (before === null ? page.events : [...(all ?? []), ...page.events]))
        setNext(page.next_before)
      },
    )
  }
  useEffect(() => void read(null), [outcome, event])
  const show = (changes: Record<string, string>) => {
    const kept = Object.entries({ outcome, event, ...changes }).filter(([, value]) => value !== '')
    route(kept.length === 0 ? '/admin/audit' : `/admin/audit?${new URLSearchParams(kept)}`, true)
  }
  const columns = useMemo(() => auditColumns(language), [language])
  const verify = () =>
    run(async () => {
      const { broken_at } = await call<{ broken_at: number | null }>('GET', '/api/admin/audit/verify')
      setVerdict(broken_at === null ? words('whole') : words('broken', { line: broken_at }))
    })
  return (
    <Page title={words('audit')}>
      <AdminAreas />
      <form class="filters" onSubmit={(submit) => submit.preventDefault()}>
        <ChoiceFilter
          label={words('outcome')}
          value={outcome}
          options={outcomes}
          wordOf={(one) => words(`outcomes.${one}`)}
          onChoose={(outcome) => show({ outcome })}
        />
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
        <DataTable
          name="audit"
          label={words('audit')}
          columns={columns}
          rows={lines}
          idOf={({ sequence }) => String(sequence)}
        />
      )}
      {next !== null && (
        <button type="button" onClick={() => void read(next)}>
          {words('more')}
        </button>
      )}
    </Page>
  )
}
