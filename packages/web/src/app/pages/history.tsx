import { useEffect, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import type { TaskList, TaskStatus } from '../answers.ts'
import { call } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Page, Skeleton } from '../parts/page.tsx'
import { Pager } from '../parts/pager.tsx'
import { Problem } from '../parts/problem.tsx'
import { Scroller } from '../parts/scroller.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { TaskRow } from '../parts/task-row.tsx'
import { useToast } from '../parts/toasts.tsx'
import { useAction } from '../parts/use-action.ts'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'

const LIMIT = 20
const statuses: readonly TaskStatus[] = ['pending', 'processing', 'completed', 'failed', 'cancelled', 'expired']

/** All captures of the user, searched and paged by the service; the address holds what is shown. */
export function HistoryPage() {
  const { words } = useShowing()
  const { user } = useSession()
  const { query, route } = useLocation()
  const { problem, run } = useAction()
  const tell = useToast()
  const [list, setList] = useState<TaskList | null>(null)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [asked, setAsked] = useState<readonly string[]>([])
  const { search = '', status = '' } = query
  const offset = Math.max(0, Math.floor(Number(query.offset ?? 0)) || 0)

  const read = () =>
    run(async () => {
      const wanted = new URLSearchParams({ limit: String(LIMIT), offset: String(offset) })
      if (search !== '') wanted.set('search', search)
      if (status !== '') wanted.set('status', status)
      setList(await call<TaskList>('GET', `/api/history?${wanted}`))
      setChosen(new Set())
    })
  useEffect(() => void read(), [search, status, offset])

  const show = (changes: Record<string, string>) => {
    const next = Object.entries({ search, status, ...changes }).filter(([, value]) => value !== '' && value !== '0')
    route(next.length === 0 ? '/history' : `/history?${new URLSearchParams(next)}`, true)
  }
  const remove = (ids: readonly string[]) =>
    run(async () => {
      for (const id of ids) await call('DELETE', `/api/reports/${id}`)
      tell(words.deleted(ids.length))
    }).then(read)
  const choose = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }
  const isAdmin = user?.role === 'admin'
  const isFiltered = search !== '' || status !== ''

  return (
    <Page title={words.history}>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <SearchField label={words.search} value={search} onSearch={(search) => show({ search })} />
        <label>
          {words.status}
          <select value={status} onChange={({ currentTarget }) => show({ status: currentTarget.value })}>
            <option value="">{words.all}</option>
            {statuses.map((one) => (
              <option key={one} value={one}>
                {words.statuses[one]}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="danger" disabled={chosen.size === 0} onClick={() => setAsked([...chosen])}>
          {words.deleteSelected(chosen.size)}
        </button>
      </form>
      <Problem text={problem} />
      {list === null && <Skeleton lines={6} />}
      {list !== null && list.tasks.length === 0 && (
        <p class="card">{isFiltered ? words.noMatch : words.emptyHistory}</p>
      )}
      {list !== null && list.tasks.length > 0 && (
        <>
          <Scroller label={words.history}>
            <table>
              <thead>
                <tr>
                  <th scope="col">
                    <span class="visually-hidden">{words.select('')}</span>
                  </th>
                  <th scope="col">{words.name}</th>
                  <th scope="col">{words.status}</th>
                  <th scope="col">{words.uploadedAt}</th>
                  <th scope="col" class="number">
                    {words.size}
                  </th>
                  <th scope="col" class="number">
                    {words.packetCount}
                  </th>
                  <th scope="col" class="number">
                    {words.health}
                  </th>
                  {isAdmin && <th scope="col">{words.owner}</th>}
                  <th scope="col">{words.actions}</th>
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
      {asked.length > 0 && (
        <Confirm
          question={words.deleteQuestion(asked.length)}
          warning={words.deleteWarning}
          verb={words.remove}
          onAnswer={(isMeant) => {
            setAsked([])
            if (isMeant) void remove(asked)
          }}
        />
      )}
    </Page>
  )
}
