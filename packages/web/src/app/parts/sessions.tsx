import { createColumnHelper } from '@tanstack/preact-table'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { timeText } from '../format.ts'
import { useShowing } from '../session/showing.tsx'
import { DataTable } from '../table/data-table.tsx'
import type { Column, features } from '../table/features.ts'
import { Problem } from './problem.tsx'
import { useAction } from './use-action.ts'

interface OpenSession {
  readonly id: string
  readonly created_at: string
  readonly ip_address: string | null
  readonly user_agent: string | null
  readonly is_current: boolean
}

const { accessor, display } = createColumnHelper<typeof features, OpenSession>()

/** Where one is logged in; each can be ended. */
export function Sessions() {
  const { words, language } = useShowing()
  const { problem, run, ask } = useAction()
  const [sessions, setSessions] = useState<readonly OpenSession[]>([])
  const read = () => ask(() => call<OpenSession[]>('GET', '/api/users/me/sessions'), setSessions)
  useEffect(() => void read(), [])
  const end = (id: string) =>
    run(async () => {
      await call('DELETE', `/api/users/me/sessions/${id}`)
    }).then(read)
  const ending = useRef(end)
  ending.current = end
  const columns = useMemo(
    (): Column<OpenSession>[] => [
      accessor('created_at', {
        header: words('since'),
        meta: { isUnbroken: true },
        cell: ({ row }) => timeText(row.original.created_at, language),
      }),
      accessor('ip_address', { header: words('address'), cell: ({ row }) => row.original.ip_address ?? '–' }),
      accessor('user_agent', { header: words('program'), cell: ({ row }) => row.original.user_agent ?? '–' }),
      display({
        id: 'actions',
        header: words('actions'),
        meta: { isUnbroken: true },
        cell: ({ row: { original } }) =>
          original.is_current ? (
            words('thisSession')
          ) : (
            <button type="button" onClick={() => ending.current(original.id)}>
              {words('endSession')}
            </button>
          ),
      }),
    ],
    [language],
  )
  return (
    <>
      <h2>{words('sessions')}</h2>
      <Problem text={problem} />
      <DataTable name={null} label={words('sessions')} columns={columns} rows={sessions} idOf={({ id }) => id} />
    </>
  )
}
