import { type Static, Type } from 'typebox'
import { isEstimated } from '../progress/snapshots.ts'
import type { StoredTask } from '../stored-rows.ts'

const OptionalText = Type.Union([Type.String(), Type.Null()])
const OptionalNumber = Type.Union([Type.Number(), Type.Null()])

/** A task as clients see it. */
export const Task = Type.Object({
  task_id: Type.String(),
  filename: Type.String(),
  status: Type.String(),
  uploaded_at: Type.String(),
  analyzed_at: OptionalText,
  file_size_bytes: Type.Integer(),
  file_sha256: OptionalText,
  total_packets: OptionalNumber,
  /** While the capture is read: worked out from the bytes read so far. */
  total_packets_is_estimate: Type.Boolean(),
  packets_processed: OptionalNumber,
  current_analyzer: OptionalText,
  health_score: OptionalNumber,
  report_html_url: OptionalText,
  report_json_url: OptionalText,
  error_code: OptionalText,
  error_message: OptionalText,
  expires_at: OptionalText,
  progress_percent: Type.Integer(),
  current_phase: OptionalText,
  attempts: Type.Integer(),
  has_capture: Type.Boolean(),
  owner_id: OptionalText,
  owner_username: OptionalText,
})

export function taskObject(row: StoredTask & { owner_username?: string | null }): Static<typeof Task> {
  const url = (form: string, key: string | null) => (key === null ? null : `/api/reports/${row.task_id}/${form}`)
  return {
    task_id: row.task_id,
    filename: row.filename,
    status: row.status,
    uploaded_at: row.uploaded_at,
    analyzed_at: row.analyzed_at,
    file_size_bytes: row.file_size_bytes,
    file_sha256: row.file_sha256,
    total_packets: row.total_packets,
    total_packets_is_estimate: row.status === 'processing' && isEstimated(row.current_phase),
    packets_processed: row.packets_processed,
    current_analyzer: row.current_analyzer,
    health_score: row.health_score,
    report_html_url: url('html', row.report_html_path),
    report_json_url: url('json', row.report_json_path),
    error_code: row.error_code,
    error_message: row.error_message,
    expires_at: row.expires_at,
    progress_percent: row.progress_percent,
    current_phase: row.current_phase,
    attempts: row.attempts,
    has_capture: row.capture_key !== null,
    owner_id: row.owner_id,
    owner_username: row.owner_username ?? null,
  }
}
