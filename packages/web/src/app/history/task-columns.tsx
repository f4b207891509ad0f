import { createColumnHelper } from '@tanstack/preact-table'
import type { Task } from '../answers.ts'
import { bytesText, numberText, timeText } from '../format.ts'
import { PacketCount } from '../parts/packet-count.tsx'
import type { Language } from '../preferences.ts'
import { isRunning } from '../progress/use-progress.ts'
import type { Column, features } from '../table/features.ts'
import { generalWords } from '../words/general.ts'

const { accessor, display } = createColumnHelper<typeof features, Task>()

/** Columns that the service can sort by. */
export const sortable = ['uploaded_at', 'filename', 'file_size_bytes', 'health_score'] as const

interface TaskColumnsOptions {
  readonly language: Language
  readonly hasOwner: boolean
  readonly onRemove: (task: Task) => void
}

/** What the history says of each capture. */
export function taskColumns({ language, hasOwner, onRemove }: TaskColumnsOptions): Column<Task>[] {
  const words = generalWords[language]
  const figure = (value: number | null) => (value === null ? '–' : numberText(value, language))
  return [
    accessor('filename', {
      header: words('name'),
      enableHiding: false,
      meta: { isRowHead: true },
      cell: ({ row }) => <TaskLink task={row.original} />,
    }),
    accessor('status', {
      header: words('status'),
      enableSorting: false,
      cell: ({ row: { original } }) => (
        <span class={`state state-${original.status}`}>{words(`statuses.${original.status}`)}</span>
      ),
    }),
    accessor('uploaded_at', {
      header: words('uploadedAt'),
      meta: { isUnbroken: true },
      cell: ({ row: { original } }) => (
        <time dateTime={original.uploaded_at}>{timeText(original.uploaded_at, language)}</time>
      ),
    }),
    accessor('file_size_bytes', {
      header: words('size'),
      meta: { isNumber: true },
      cell: ({ row }) => bytesText(row.original.file_size_bytes, language),
    }),
    accessor('total_packets', {
      header: words('packetCount'),
      enableSorting: false,
      meta: { isNumber: true },
      cell: ({ row: { original } }) => (
        <PacketCount count={original.total_packets} isEstimate={original.total_packets_is_estimate} />
      ),
    }),
    accessor('health_score', {
      header: words('health'),
      meta: { isNumber: true },
      cell: ({ row }) => figure(row.original.health_score),
    }),
    accessor('expires_at', {
      header: words('expires'),
      enableSorting: false,
      meta: { isUnbroken: true },
      cell: ({ row: { original } }) => (original.expires_at === null ? '–' : timeText(original.expires_at, language)),
    }),
    ...(hasOwner
      ? [
          accessor('owner_username', {
            header: words('owner'),
            enableSorting: false,
            cell: ({ row }) => row.original.owner_username ?? '–',
          }),
        ]
      : []),
    display({
      id: 'actions',
      header: words('actions'),
      enableHiding: false,
      cell: ({ row: { original } }) =>
        original.status !== 'expired' && (
          <button
            type="button"
            aria-label={words('removeNamed', { name: original.filename })}
            onClick={() => onRemove(original)}
          >
            {words('remove')}
          </button>
        ),
    }),
  ]
}

function TaskLink({ task: { task_id, filename, status } }: { task: Task }) {
  if (status === 'completed') return <a href={`/reports/${task_id}`}>{filename}</a>
  if (isRunning(status) || status === 'failed' || status === 'cancelled') {
    return <a href={`/progress/${task_id}`}>{filename}</a>
  }
  return <>{filename}</>
}
