import type { TaskStatus } from '../db/schema.ts'
import type { StoredSnapshot, StoredTask } from '../stored-rows.ts'
import { isEstimated } from './snapshots.ts'

/** One event of a stream; ids count up with the snapshots. */
export interface ProgressEvent {
  readonly id: number
  readonly taskId: string
  readonly isLast: boolean
  readonly data: Readonly<Record<string, unknown>>
}

const lastPhases: readonly string[] = ['completed', 'failed', 'cancelled']

/** What viewers are told of snapshots, oldest first; what ended a task before it was begun anew is not its end. */
export function eventsOf(rows: readonly StoredSnapshot[]): ProgressEvent[] {
  const newest = new Map(rows.map(({ task_id, id }) => [task_id, id]))
  return rows.map((row) => eventOf(row, newest.get(row.task_id) === row.id))
}

function eventOf(row: StoredSnapshot, isNewest: boolean): ProgressEvent {
  return {
    id: row.id,
    taskId: row.task_id,
    isLast: isNewest && lastPhases.includes(row.phase),
    data: {
      task_id: row.task_id,
      status: statusOf(row.phase),
      phase: row.phase,
      progress_percent: row.progress_percent,
      packets_processed: row.packets_processed,
      total_packets: row.total_packets,
      total_packets_is_estimate: row.total_packets !== null && isEstimated(row.phase),
      current_analyzer: row.current_analyzer,
      message: row.message,
      timestamp: row.timestamp,
    },
  }
}

/** The last event also says where the report is. */
export function withOutcome(event: ProgressEvent, task: StoredTask): ProgressEvent {
  const url = (form: string, key: string | null) => (key === null ? null : `/api/reports/${task.task_id}/${form}`)
  return {
    ...event,
    data: {
      ...event.data,
      total_packets: task.total_packets,
      health_score: task.health_score,
      report_html_url: url('html', task.report_html_path),
      report_json_url: url('json', task.report_json_path),
      error_code: task.error_code,
    },
  }
}

function statusOf(phase: string): TaskStatus {
  if (phase === 'queued') return 'pending'
  return lastPhases.includes(phase) ? (phase as TaskStatus) : 'processing'
}
