import { createColumnHelper } from '@tanstack/preact-table'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { bytesText, numberText } from '../format.ts'
import { Problem } from '../parts/problem.tsx'
import { useAction } from '../parts/use-action.ts'
import { useShowing } from '../session/showing.tsx'
import { DataTable } from '../table/data-table.tsx'
import type { Column, features } from '../table/features.ts'
import { adminWords } from '../words/admin.ts'
import { QuotaForm } from './quota-form.tsx'

/** What a user stores, and may store. */
export interface UserStorage {
  readonly user_id: string
  readonly username: string
  readonly used_bytes: number
  readonly used_tasks: number
  readonly quota_bytes: number | null
  readonly quota_tasks: number | null
}

interface Storage {
  readonly default_quota_bytes: number
  readonly users: readonly UserStorage[]
}

const { accessor } = createColumnHelper<typeof features, UserStorage>()

/** What each user stores, the most first, and how much each may. */
export function StorageTable() {
  const { language } = useShowing()
  const words = adminWords[language]
  const { problem, ask } = useAction()
  const [storage, setStorage] = useState<Storage | null>(null)
  const read = () => ask(() => call<Storage>('GET', '/api/admin/storage'), setStorage)
  useEffect(() => void read(), [])
  const columns = useMemo(
    (): Column<UserStorage>[] => [
      accessor('username', {
        header: words('who'),
        meta: { isRowHead: true },
        cell: ({ row }) => row.original.username,
      }),
      accessor('used_bytes', {
        header: words('used'),
        meta: { isNumber: true },
        cell: ({ row }) => bytesText(row.original.used_bytes, language),
      }),
      accessor('used_tasks', {
        header: words('captures'),
        meta: { isNumber: true },
        cell: ({ row }) => numberText(row.original.used_tasks, language),
      }),
      accessor('quota_bytes', {
        header: words('quota'),
        enableSorting: false,
        cell: ({ row }) => (
          <QuotaForm
            key={`${row.original.quota_bytes}`}
            user={row.original}
            byDefaultBytes={storage?.default_quota_bytes ?? 0}
            onSet={read}
          />
        ),
      }),
    ],
    [language, storage],
  )
  return (
    <>
      <h2>{words('storage')}</h2>
      <Problem text={problem} />
      {storage !== null && (
        <DataTable
          name={null}
          label={words('storage')}
          columns={columns}
          rows={storage.users}
          idOf={({ user_id }) => user_id}
        />
      )}
    </>
  )
}
