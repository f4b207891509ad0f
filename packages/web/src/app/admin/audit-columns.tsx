import { createColumnHelper } from '@tanstack/preact-table'
import { timeText } from '../format.ts'
import type { Language } from '../preferences.ts'
import type { Column, features } from '../table/features.ts'
import { adminWords } from '../words/admin.ts'

export const outcomes = ['SUCCESS', 'FAILURE', 'BLOCKED'] as const

/** One event of the trail. */
export interface AuditLine {
  readonly sequence: number
  readonly timestamp: string
  readonly event_type: string
  readonly outcome: (typeof outcomes)[number]
  readonly actor_name: string | null
  readonly source_ip: string | null
  readonly message: string
}

const { accessor } = createColumnHelper<typeof features, AuditLine>()

/** What the trail says of each event. It is read newest first, in parts, so that nothing else sorts it. */
export function auditColumns(language: Language): Column<AuditLine>[] {
  const words = adminWords[language]
  return [
    accessor('timestamp', {
      header: words('time'),
      enableSorting: false,
      enableHiding: false,
      meta: { isUnbroken: true },
      cell: ({ row: { original } }) => (
        <time dateTime={original.timestamp}>{timeText(original.timestamp, language)}</time>
      ),
    }),
    accessor('event_type', {
      header: words('event'),
      enableSorting: false,
      cell: ({ row }) => row.original.event_type,
    }),
    accessor('outcome', {
      header: words('outcome'),
      enableSorting: false,
      cell: ({ row: { original } }) => (
        <span class={`state outcome-${original.outcome}`}>{words(`outcomes.${original.outcome}`)}</span>
      ),
    }),
    accessor('actor_name', {
      header: words('who'),
      enableSorting: false,
      cell: ({ row }) => row.original.actor_name ?? '–',
    }),
    accessor('source_ip', {
      header: words('from'),
      enableSorting: false,
      cell: ({ row }) => row.original.source_ip ?? '–',
    }),
    accessor('message', { header: words('message'), enableSorting: false, cell: ({ row }) => row.original.message }),
  ]
}
