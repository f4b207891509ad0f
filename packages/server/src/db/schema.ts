import type { Generated } from 'kysely'

// Rows as they come out of both databases: times are ISO 8601 text in UTC, ids are UUID text, lists are JSON text.

export interface UserRow {
  id: string
  username: string
  email: string
  hashed_password: string
  role: 'admin' | 'user'
  is_active: Generated<boolean>
  is_approved: Generated<boolean>
  approved_by: string | null
  approved_at: string | null
  created_at: string
  last_login: string | null
  password_must_change: Generated<boolean>
  password_changed_at: string | null
  is_2fa_enabled: Generated<boolean>
  /** Encrypted. */
  totp_secret: string | null
  /** Time step of the last code taken, so that none is taken twice. */
  totp_last_step: number | null
  language: Generated<string>
  time_zone: Generated<string>
  quota_bytes: number | null
  quota_tasks: number | null
}

export interface TaskRow {
  task_id: string
  filename: string
  status: TaskStatus
  uploaded_at: string
  analyzed_at: string | null
  file_size_bytes: number
  /** SHA-256 of the capture's bytes, hexadecimal. */
  file_sha256: string | null
  total_packets: number | null
  health_score: number | null
  report_html_path: string | null
  report_json_path: string | null
  /** Key of the capture in the store; null once it was deleted. */
  capture_key: string | null
  error_code: string | null
  error_message: string | null
  created_at: string
  expires_at: string | null
  last_heartbeat: string | null
  progress_percent: Generated<number>
  current_phase: string | null
  packets_processed: number | null
  /** What is being done of an analysis that runs. */
  current_analyzer: string | null
  /** How often a worker began it, and who holds it until when. */
  attempts: Generated<number>
  lease_owner: string | null
  lease_until: string | null
  cancel_requested: Generated<boolean>
  owner_id: string | null
}

export const taskStatuses = ['pending', 'processing', 'completed', 'failed', 'cancelled', 'expired'] as const
export type TaskStatus = (typeof taskStatuses)[number]

export interface ProgressSnapshotRow {
  id: Generated<number>
  task_id: string
  phase: string
  progress_percent: number
  packets_processed: number | null
  total_packets: number | null
  current_analyzer: string | null
  message: string | null
  timestamp: string
}

export interface PasswordHistoryRow {
  id: string
  user_id: string
  hashed_password: string
  created_at: string
}

export interface PasswordResetTokenRow {
  id: string
  user_id: string
  /** SHA-256, hexadecimal. */
  token_hash: string
  created_at: string
  expires_at: string
  used_at: string | null
  ip_address: string | null
  user_agent: string | null
}

export interface BackupCodeRow {
  id: string
  user_id: string
  code_hash: string
  used_at: string | null
}

/** A session that a token or a cookie belongs to; deleted or revoked sessions let no token in. */
export interface SessionRow {
  /** The token's `jti`. */
  id: string
  user_id: string
  created_at: string
  expires_at: string
  last_seen_at: string
  revoked_at: string | null
  ip_address: string | null
  user_agent: string | null
}

export interface ApiKeyRow {
  id: string
  user_id: string
  name: string
  /** First characters, to know a key by. */
  prefix: string
  key_hash: string
  /** JSON list of scopes. */
  scopes: string
  created_at: string
  expires_at: string | null
  last_used_at: string | null
  revoked_at: string | null
}

/** Failures to log in, per account and per address, shared by all instances. */
export interface LoginAttemptRow {
  /** `account:NAME` or `address:IP`. */
  subject: string
  failures: number
  locked_until: string | null
  updated_at: string
}

/** One line of the audit trail; `hash` covers the line and the hash before it. */
export interface AuditEventRow {
  sequence: Generated<number>
  id: string
  timestamp: string
  event_type: string
  severity: string
  outcome: string
  actor_id: string | null
  actor_name: string | null
  subject_id: string | null
  source_ip: string | null
  request_id: string | null
  message: string
  /** JSON. */
  details: string
  previous_hash: string
  hash: string
}

/** A report that another user may see, up to a level. */
export interface ReportShareRow {
  id: string
  task_id: string
  owner_id: string
  recipient_id: string
  level: ShareLevel
  created_at: string
  expires_at: string | null
}

/** What a share lets see, each also what stands before it: findings; addresses, times and headers; what was sent; the capture. */
export const shareLevels = ['summary', 'metadata', 'payload', 'raw'] as const
export type ShareLevel = (typeof shareLevels)[number]

/** What people wrote beside a finding. */
export interface FindingNoteRow {
  task_id: string
  finding_key: string
  note: string
  /** JSON list of words. */
  tags: string
  author_id: string | null
  updated_at: string
}

export interface Database {
  users: UserRow
  tasks: TaskRow
  progress_snapshots: ProgressSnapshotRow
  password_history: PasswordHistoryRow
  password_reset_tokens: PasswordResetTokenRow
  backup_codes: BackupCodeRow
  sessions: SessionRow
  api_keys: ApiKeyRow
  login_attempts: LoginAttemptRow
  audit_events: AuditEventRow
  report_shares: ReportShareRow
  finding_notes: FindingNoteRow
}

/** Columns that SQLite keeps as 0 and 1. */
export const booleanColumns: ReadonlySet<string> = new Set([
  'is_active',
  'is_approved',
  'password_must_change',
  'is_2fa_enabled',
  'cancel_requested',
])

/** Columns that PostgreSQL hands over as text because they have 64 bits; all values of ours are below 2^53. */
export const longColumns: ReadonlySet<string> = new Set([
  'file_size_bytes',
  'quota_bytes',
  'packets_processed',
  'total_packets',
  'id',
  'sequence',
  'totp_last_step',
  'total',
  'bytes',
])
