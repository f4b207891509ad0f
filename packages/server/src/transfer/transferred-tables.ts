import * as value from './convert.ts'

/** A column of the new schema: where an old database kept it, and how its values are read. */
export interface TransferredColumn {
  readonly name: string
  /** Names it had before, tried in order. */
  readonly earlierNames?: readonly string[]
  readonly convert: (raw: unknown) => value.Converted
  /** Stands in where the column or its value is missing. */
  readonly missing?: value.Converted
}

/** A table that is carried over; rows keep their ids. */
export interface TransferredTable {
  readonly name: string
  readonly key: string
  readonly columns: readonly TransferredColumn[]
  /** A row whose parent is not there is left out, or loses the reference where that is allowed. */
  readonly parent?: { readonly table: string; readonly column: string; readonly isOptional: boolean }
  /** Ids count up in the target. */
  readonly isSerial?: boolean
}

const column = (
  name: string,
  convert: TransferredColumn['convert'],
  options: Partial<TransferredColumn> = {},
): TransferredColumn => ({ name, convert, ...options })

/** Order matters: parents before their children. */
export const transferredTables: readonly TransferredTable[] = [
  {
    name: 'users',
    key: 'id',
    parent: { table: 'users', column: 'approved_by', isOptional: true },
    columns: [
      column('id', value.id),
      column('username', value.lower),
      column('email', value.lower),
      column('hashed_password', value.text, { earlierNames: ['password_hash', 'password'] }),
      column('role', value.role, { missing: 'user' }),
      column('is_active', value.flag, { missing: true }),
      // whoever had an account before approval existed keeps it
      column('is_approved', value.flag, { missing: true }),
      column('approved_by', value.id),
      column('approved_at', value.time),
      column('created_at', value.time, { missing: '1970-01-01T00:00:00.000Z' }),
      column('last_login', value.time),
      column('password_must_change', value.flag, { missing: false }),
      column('is_2fa_enabled', value.flag, { missing: false }),
      column('totp_secret', value.text),
    ],
  },
  {
    name: 'tasks',
    key: 'task_id',
    parent: { table: 'users', column: 'owner_id', isOptional: true },
    columns: [
      column('task_id', value.id, { earlierNames: ['id'] }),
      column('filename', value.text, { earlierNames: ['file_name'], missing: '' }),
      column('status', value.status, { missing: 'failed' }),
      column('uploaded_at', value.time, { earlierNames: ['created_at'], missing: '1970-01-01T00:00:00.000Z' }),
      column('analyzed_at', value.time, { earlierNames: ['completed_at'] }),
      column('file_size_bytes', value.whole, { earlierNames: ['file_size'], missing: 0 }),
      column('total_packets', value.whole),
      column('health_score', value.real),
      column('report_html_path', value.text),
      column('report_json_path', value.text),
      column('error_message', value.text),
      column('created_at', value.time, { earlierNames: ['uploaded_at'], missing: '1970-01-01T00:00:00.000Z' }),
      column('last_heartbeat', value.time),
      column('progress_percent', value.whole, { earlierNames: ['progress'], missing: 0 }),
      column('current_phase', value.text),
      column('owner_id', value.id, { earlierNames: ['user_id'] }),
    ],
  },
  {
    name: 'progress_snapshots',
    key: 'id',
    isSerial: true,
    parent: { table: 'tasks', column: 'task_id', isOptional: false },
    columns: [
      column('id', value.whole),
      column('task_id', value.id),
      column('phase', value.text, { earlierNames: ['status'], missing: '' }),
      column('progress_percent', value.whole, { earlierNames: ['progress'], missing: 0 }),
      column('packets_processed', value.whole),
      column('total_packets', value.whole),
      column('current_analyzer', value.text),
      column('message', value.text),
      column('timestamp', value.time, { earlierNames: ['created_at'], missing: '1970-01-01T00:00:00.000Z' }),
    ],
  },
  {
    name: 'password_history',
    key: 'id',
    parent: { table: 'users', column: 'user_id', isOptional: false },
    columns: [
      column('id', value.id),
      column('user_id', value.id),
      column('hashed_password', value.text),
      column('created_at', value.time, { missing: '1970-01-01T00:00:00.000Z' }),
    ],
  },
]
