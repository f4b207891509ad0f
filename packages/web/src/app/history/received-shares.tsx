import { createColumnHelper } from '@tanstack/preact-table'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { timeText } from '../format.ts'
import { useShowing } from '../session/showing.tsx'
import { DataTable } from '../table/data-table.tsx'
import type { Column, features } from '../table/features.ts'
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

const { accessor } = createColumnHelper<typeof features, Received>()

/** Reports that others share; nothing when there are none. */
export function ReceivedShares() {
  const { words: general, language } = useShowing()
  const words = historyWords[language]
  const [shares, setShares] = useState<readonly Received[]>([])
  useEffect(() => {
    call<Received[]>('GET', '/api/shares').then(setShares, () => {})
  }, [])
  const columns = useMemo(
    (): Column<Received>[] => [
      accessor('filename', {
        header: general('name'),
        meta: { isRowHead: true },
        cell: ({ row: { original } }) => <a href={`/reports/${original.task_id}`}>{original.filename}</a>,
      }),
      accessor('owner_username', { header: words('sharedBy'), cell: ({ row }) => row.original.owner_username ?? '–' }),
      accessor('level', {
        header: words('level'),
        cell: ({ row }) => reportWords[language](`levels.${row.original.level}`),
      }),
      accessor('created_at', {
        header: words('since'),
        meta: { isUnbroken: true },
        cell: ({ row }) => timeText(row.original.created_at, language),
      }),
    ],
    [language],
  )
  if (shares.length === 0) return null
  return (
    <>
      <h2>{words('sharedWithMe')}</h2>
      <DataTable name={null} label={words('sharedWithMe')} columns={columns} rows={shares} idOf={({ id }) => id} />
    </>
  )
}
