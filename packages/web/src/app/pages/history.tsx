import type { RowSelectionState } from '@tanstack/preact-table'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import type { TaskList, TaskStatus } from '../answers.ts'
import { call } from '../api.ts'
import { ReceivedShares } from '../history/received-shares.tsx'
import { sortable, taskColumns } from '../history/task-columns.tsx'
import { ChoiceFilter } from '../parts/choice-filter.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Page, Skeleton } from '../parts/page.tsx'
import { Pager } from '../parts/pager.tsx'
import { Problem } from '../parts/problem.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { useToast } from '../parts/toasts.tsx'
import { Usage } from '../parts/usage.tsx'
import { useAction } from '../parts/use-action.ts'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'
import { DataTable } from '../table/data-table.tsx'
import { historyWords } from '../words/history.ts'

const LIMIT = 20
const statuses: readonly TaskStatus[] = ['pending', 'processing', 'completed', 'failed', 'cancelled', 'expired']

/** All captures of the user, searched and paged by the service; the address holds what is shown. */
export function HistoryPage() {
  const { words, language } = useShowing()
  const more = historyWords[language]
  const { user } = useSession()
  const { query, route } = useLocation()
  const { problem, run, ask } = useAction()
  const tell = useToast()
  const [list, setList] = useState<TaskList | null>(null)
  const [chosen, setChosen] = useState<RowSelectionState>({})
  const [asked, setAsked] = useState<readonly string[]>([])
  const { search = '', status = '' } = query
  const sort = sortable.find((one) => one === query.sort) ?? 'uploaded_at'
  const order = query.order === 'asc' ? 'asc' : 'desc'
  const offset = Math.max(0, Math.floor(Number(query.offset ?? 0)) || 0)

  const read = () => {
    const wanted = new URLSearchParams({ limit: String(LIMIT), offset: String(offset), sort, order })
    if (search !== '') wanted.set('search', search)
    if (status !== '') wanted.set('status', status)
    return ask(
      () => call<TaskList>('GET', `/api/history?${wanted}`),
      (found) => {
        setList(found)
        setChosen({})
      },
    )
  }
  useEffect(() => void read(), [search, status, offset, sort, order])

  const show = (changes: Record<string, string>) => {
    const all = { search, status, sort, order, ...changes }
    const plain = ['', '0', 'uploaded_at', 'desc']
    const next = Object.entries(all).filter(([, value]) => !plain.includes(value))
    route(next.length === 0 ? '/history' : `/history?${new URLSearchParams(next)}`, true)
  }
  const remove = (ids: readonly string[]) =>
    run(async () => {
      for (const id of ids) await call('DELETE', `/api/reports/${id}`)
      tell(words('deleted', { count: ids.length }))
    }).then(read)
  const isAdmin = user?.role === 'admin'
  const chosenIds = Object.keys(chosen)
  const columns = useMemo(
    () => taskColumns({ language, hasOwner: isAdmin, onRemove: ({ task_id }) => setAsked([task_id]) }),
    [language, isAdmin],
  )
  const isFiltered = search !== '' || status !== ''

  return (
    <Page title={words('history')}>
      <Usage since={list?.total ?? 0} />
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <SearchField label={words('search')} value={search} onSearch={(search) => show({ search })} />
        <ChoiceFilter
          label={words('status')}
          value={status}
          options={statuses}
          wordOf={(one) => words(`statuses.${one}`)}
          onChoose={(status) => show({ status })}
        />
        <button type="button" class="danger" disabled={chosenIds.length === 0} onClick={() => setAsked(chosenIds)}>
          {words('deleteSelected', { count: chosenIds.length })}
        </button>
      </form>
      <Problem text={problem} />
      {list === null && <Skeleton lines={6} />}
      {list !== null && list.tasks.length === 0 && (
        <p class="card">
          {isFiltered ? words('noMatch') : words('emptyHistory')}{' '}
          {!isFiltered && (
            <>
              {more('sample')} <a href="/">{more('toUpload')}</a>
            </>
          )}
        </p>
      )}
      {list !== null && list.tasks.length > 0 && (
        <>
          <DataTable
            name="history"
            label={words('history')}
            columns={columns}
            rows={list.tasks}
            idOf={({ task_id }) => task_id}
            sorting={{
              by: sort,
              isDescending: order === 'desc',
              onSort: (by, isDescending) => show({ sort: by, order: isDescending ? 'desc' : 'asc' }),
            }}
            selection={{
              chosen,
              onChoose: setChosen,
              mayChoose: (task) => task.status !== 'expired',
              nameOf: ({ filename }) => filename,
            }}
          />
          <Pager
            offset={offset}
            limit={LIMIT}
            total={list.total ?? list.tasks.length}
            onGo={(to) => show({ offset: String(to) })}
          />
        </>
      )}
      <ReceivedShares />
      {asked.length > 0 && (
        <Confirm
          question={words('deleteQuestion', { count: asked.length })}
          warning={words('deleteWarning')}
          verb={words('remove')}
          onAnswer={(isMeant) => {
            setAsked([])
            if (isMeant) void remove(asked)
          }}
        />
      )}
    </Page>
  )
}
