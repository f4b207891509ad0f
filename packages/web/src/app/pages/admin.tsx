import type { RowSelectionState } from '@tanstack/preact-table'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { AdminAreas } from '../admin/areas.tsx'
import { BulkBar } from '../admin/bulk-bar.tsx'
import { CreateUser } from '../admin/create-user.tsx'
import { isUntouchable, type UserAction, userColumns } from '../admin/user-columns.tsx'
import type { User, UserPage } from '../answers.ts'
import { call } from '../api.ts'
import { ChoiceFilter } from '../parts/choice-filter.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Page, Skeleton } from '../parts/page.tsx'
import { Pager } from '../parts/pager.tsx'
import { Problem } from '../parts/problem.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { useToast } from '../parts/toasts.tsx'
import { useAction } from '../parts/use-action.ts'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'
import { DataTable } from '../table/data-table.tsx'
import { adminWords } from '../words/admin.ts'

const LIMIT = 25
const states = ['pending', 'approved', 'blocked'] as const

interface Reset {
  readonly username: string
  /** Left out when it was sent by mail. */
  readonly temporary_password?: string
}

/** Users: who waits for approval, who may come in, who may not. */
export function AdminPage() {
  const { words, language } = useShowing()
  const more = adminWords[language]
  const { user: own } = useSession()
  const { query, route } = useLocation()
  const { problem, run, ask } = useAction()
  const tell = useToast()
  const [page, setPage] = useState<UserPage | null>(null)
  const [asked, setAsked] = useState<{ readonly user: User; readonly action: 'delete' | 'reset' } | null>(null)
  const [chosen, setChosen] = useState<RowSelectionState>({})
  const [reset, setReset] = useState<Reset | null>(null)
  const { search = '', status = '' } = query
  const offset = Math.max(0, Math.floor(Number(query.offset ?? 0)) || 0)

  const read = () => {
    const wanted = new URLSearchParams({ limit: String(LIMIT), offset: String(offset) })
    if (search !== '') wanted.set('search', search)
    if (status !== '') wanted.set('status', status)
    return ask(
      () => call<UserPage>('GET', `/api/users?${wanted}`),
      (found) => {
        setPage(found)
        setChosen({})
      },
    )
  }
  useEffect(() => void read(), [search, status, offset])
  const show = (changes: Record<string, string>) => {
    const next = Object.entries({ search, status, ...changes }).filter(([, value]) => value !== '' && value !== '0')
    route(next.length === 0 ? '/admin' : `/admin?${new URLSearchParams(next)}`, true)
  }
  const act = async (user: User, action: UserAction, verb: string) => {
    const address = `/api/admin/users/${user.id}`
    const acts: Readonly<Record<UserAction, () => Promise<unknown>>> = {
      approve: () => call('PUT', `${address}/approve`),
      block: () => call('PUT', `${address}/block`),
      unblock: () => call('PUT', `${address}/unblock`),
      delete: () => call('DELETE', address),
      no2fa: () => call('DELETE', `${address}/2fa`),
      role: () => call('PUT', `${address}/role`, { role: user.role === 'admin' ? 'user' : 'admin' }),
      reset: async () => setReset(await call<Reset>('POST', `${address}/reset-password`, {})),
    }
    let isDone = false
    await run(async () => {
      await acts[action]()
      isDone = true
    })
    if (!isDone) return
    tell(words('done', { verb, name: user.username }))
    await read()
  }
  const doing = useRef(act)
  doing.current = act
  const columns = useMemo(
    () =>
      userColumns({
        language,
        ownId: own?.id,
        onAct: (user, action, verb) =>
          action === 'delete' || action === 'reset'
            ? setAsked({ user, action })
            : void doing.current(user, action, verb),
      }),
    [language, own?.id],
  )

  return (
    <Page title={words('users')}>
      <AdminAreas />
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <SearchField label={words('searchUsers')} value={search} onSearch={(search) => show({ search })} />
        <ChoiceFilter
          label={words('status')}
          value={status}
          options={states}
          wordOf={(state) => words(`userStates.${state}`)}
          onChoose={(status) => show({ status })}
        />
      </form>
      <Problem text={problem} />
      {page === null && <Skeleton lines={6} />}
      {page !== null && page.users.length === 0 && <p class="card">{words('noMatch')}</p>}
      <div role="status">
        {reset !== null && (
          <p class="notice reset-password">
            {reset.temporary_password === undefined ? (
              more('mailed', { name: reset.username })
            ) : (
              <>
                {more('newPassword', { name: reset.username })}: <code>{reset.temporary_password}</code>
                <br />
                {words('shownOnce')}
              </>
            )}
          </p>
        )}
      </div>
      {page !== null && page.users.length > 0 && (
        <>
          <BulkBar ids={Object.keys(chosen)} onDone={() => void read()} />
          <DataTable
            name="users"
            label={words('users')}
            columns={columns}
            rows={page.users}
            idOf={({ id }) => id}
            selection={{
              chosen,
              onChoose: setChosen,
              mayChoose: (user) => !isUntouchable(user, own?.id),
              nameOf: ({ username }) => username,
            }}
          />
          <Pager offset={offset} limit={LIMIT} total={page.total} onGo={(to) => show({ offset: String(to) })} />
        </>
      )}
      <CreateUser onCreated={() => void read()} />
      {asked !== null && (
        <Confirm
          {...(asked.action === 'delete'
            ? {
                question: words('deleteUserQuestion', { name: asked.user.username }),
                warning: words('deleteWarning'),
                verb: words('remove'),
              }
            : {
                question: more('resetQuestion', { name: asked.user.username }),
                warning: more('resetWarning'),
                verb: more('resetPassword'),
              })}
          onAnswer={(isMeant) => {
            setAsked(null)
            const verb = asked.action === 'delete' ? words('remove') : more('resetPassword')
            if (isMeant) void act(asked.user, asked.action, verb)
          }}
        />
      )}
    </Page>
  )
}
