import { useEffect, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import type { TaskList, TaskStatus } from '../answers.ts'
import { call } from '../api.ts'
import { ReceivedShares } from '../history/received-shares.tsx'
import { SortHead, type TaskSort } from '../history/sort-head.tsx'
import { TaskRow } from '../history/task-row.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Page, Skeleton } from '../parts/page.tsx'
import { Pager } from '../parts/pager.tsx'
import { Problem } from '../parts/problem.tsx'
import { Scroller } from '../parts/scroller.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { useToast } from '../parts/toasts.tsx'
import { Usage } from '../parts/usage.tsx'
import { useAction } from '../parts/use-action.ts'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'
import { historyWords } from '../words/history.ts'

const LIMIT = 20
const sorts: readonly TaskSort[] = ['uploaded_at', 'filename', 'file_size_bytes', 'health_score']
const statuses: readonly TaskStatus[] = ['pending', 'processing', 'completed', 'failed', 'cancelled', 'expired']

/** All captures of the user, searched and paged by the service; the address holds what is shown. */
export function HistoryPage() {
  const { words, language } = useShowing()
  const more = historyWords[language]
  const { user } = useSession()
  const { query, route } = useLocation()
  const { problem, run } = useAction()
  const tell = useToast()
  const [list, setList] = useState<TaskList | null>(null)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [asked, setAsked] = useState<readonly string[]>([])
  const { search = '', status = '' } = query
  const sort = sorts.find((one) => one === query.sort) ?? 'uploaded_at'
  const order = query.order === 'asc' ? 'asc' : 'desc'
  const offset = Math.max(0, Math.floor(Number(query.offset ?? 0)) || 0)

  const read = () =>
    run(async () => {
      const wanted = new URLSearchParams({ limit: String(LIMIT), offset: String(offset), sort, order })
      if (search !== '') wanted.set('search', search)
      if (status !== '') wanted.set('status', status)
      setList(await call<TaskList>('GET', `/api/history?${wanted}`))
      setChosen(new Set())
    })
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
  const choose = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }
  const sorting = {
    sort,
    order,
    onSort: (sort: TaskSort, order: 'asc' | 'desc') => show({ sort, order }),
  } as const
  const isAdmin = user?.role === 'admin'
  const isFiltered = search !== '' || status !== ''

  return (
    <Page title={words('history')}>
      <Usage since={list?.total ?? 0} />
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <SearchField label={words('search')} value={search} onSearch={(search) => show({ search })} />
        <label>
          {words('status')}
          <select value={status} onChange={({ currentTarget }) => show({ status: currentTarget.value })}>
            <option value="">{words('all')}</option>
            {statuses.map((one) => (
              <option key={one} value={one}>
                {words(`statuses.${one}`)}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="danger" disabled={chosen.size === 0} onClick={() => setAsked([...chosen])}>
          {words('deleteSelected', { count: chosen.size })}
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
          <Scroller label={words('history')}>
            <table>
              <thead>
                <tr>
                  <th scope="col">
                    <span class="visually-hidden">{words('select', { name: '' })}</span>
                  </th>
                  <SortHead column="filename" word={words('name')} {...sorting} />
                  <th scope="col">{words('status')}</th>
                  <SortHead column="uploaded_at" word={words('uploadedAt')} {...sorting} />
                  <SortHead column="file_size_bytes" word={words('size')} isNumber {...sorting} />
                  <th scope="col" class="number">
                    {words('packetCount')}
                  </th>
                  <SortHead column="health_score" word={words('health')} isNumber {...sorting} />
                  <th scope="col">{words('expires')}</th>
                  {isAdmin && <th scope="col">{words('owner')}</th>}
                  <th scope="col">{words('actions')}</th>
                </tr>
              </thead>
              <tbody>
                {list.tasks.map((task) => (
                  <TaskRow
                    key={task.task_id}
                    task={task}
                    hasOwner={isAdmin}
                    isChosen={chosen.has(task.task_id)}
                    onChoose={() => choose(task.task_id)}
                    onRemove={() => setAsked([task.task_id])}
                  />
                ))}
              </tbody>
            </table>
          </Scroller>
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
