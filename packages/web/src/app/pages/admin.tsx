import { useEffect, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import type { User, UserPage } from '../answers.ts'
import { call } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { CreateUser } from '../parts/create-user.tsx'
import { Page, Skeleton } from '../parts/page.tsx'
import { Pager } from '../parts/pager.tsx'
import { Problem } from '../parts/problem.tsx'
import { Scroller } from '../parts/scroller.tsx'
import { useToast } from '../parts/toasts.tsx'
import { useAction } from '../parts/use-action.ts'
import { UserRow } from '../parts/user-row.tsx'
import { useShowing } from '../session/showing.tsx'

const LIMIT = 25
const states = ['pending', 'approved', 'blocked'] as const

/** Users: who waits for approval, who may come in, who may not. */
export function AdminPage() {
  const { words } = useShowing()
  const { query, route } = useLocation()
  const { problem, run } = useAction()
  const tell = useToast()
  const [page, setPage] = useState<UserPage | null>(null)
  const [leaving, setLeaving] = useState<User | null>(null)
  const { search = '', status = '' } = query
  const offset = Math.max(0, Math.floor(Number(query.offset ?? 0)) || 0)

  const read = () =>
    run(async () => {
      const wanted = new URLSearchParams({ limit: String(LIMIT), offset: String(offset) })
      if (search !== '') wanted.set('search', search)
      if (status !== '') wanted.set('status', status)
      setPage(await call<UserPage>('GET', `/api/users?${wanted}`))
    })
  useEffect(() => void read(), [search, status, offset])
  const show = (changes: Record<string, string>) => {
    const next = Object.entries({ search, status, ...changes }).filter(([, value]) => value !== '' && value !== '0')
    route(next.length === 0 ? '/admin' : `/admin?${new URLSearchParams(next)}`, true)
  }
  const act = async (method: 'PUT' | 'DELETE', user: User, action: string, verb: string) => {
    let isDone = false
    await run(async () => {
      await call(method, `/api/admin/users/${user.id}${action}`)
      isDone = true
    })
    if (!isDone) return
    tell(words.done(verb, user.username))
    await read()
  }

  return (
    <Page title={words.users}>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          {words.searchUsers}
          <input type="search" value={search} onChange={({ currentTarget }) => show({ search: currentTarget.value })} />
        </label>
        <label>
          {words.status}
          <select value={status} onChange={({ currentTarget }) => show({ status: currentTarget.value })}>
            <option value="">{words.all}</option>
            {states.map((state) => (
              <option key={state} value={state}>
                {words.userStates[state]}
              </option>
            ))}
          </select>
        </label>
      </form>
      <Problem text={problem} />
      {page === null && <Skeleton lines={6} />}
      {page !== null && page.users.length === 0 && <p class="card">{words.noMatch}</p>}
      {page !== null && page.users.length > 0 && (
        <>
          <Scroller label={words.users}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{words.username}</th>
                  <th scope="col">{words.email}</th>
                  <th scope="col">{words.role}</th>
                  <th scope="col">{words.status}</th>
                  <th scope="col">{words.lastLogin}</th>
                  <th scope="col">{words.actions}</th>
                </tr>
              </thead>
              <tbody>
                {page.users.map((user) => (
                  <UserRow
                    key={user.id}
                    user={user}
                    onAct={(action, verb) => void act('PUT', user, `/${action}`, verb)}
                    onRemove={() => setLeaving(user)}
                  />
                ))}
              </tbody>
            </table>
          </Scroller>
          <Pager offset={offset} limit={LIMIT} total={page.total} onGo={(to) => show({ offset: String(to) })} />
        </>
      )}
      <CreateUser onCreated={() => void read()} />
      {leaving !== null && (
        <Confirm
          question={words.deleteUserQuestion(leaving.username)}
          warning={words.deleteWarning}
          verb={words.remove}
          onAnswer={(isMeant) => {
            setLeaving(null)
            if (isMeant) void act('DELETE', leaving, '', words.remove)
          }}
        />
      )}
    </Page>
  )
}
