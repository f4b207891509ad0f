/** Answers of the service, as far as the pages read them. */
export interface User {
  readonly id: string
  readonly username: string
  readonly email: string
  readonly role: 'admin' | 'user'
  readonly is_active: boolean
  readonly is_approved: boolean
  readonly password_must_change: boolean
  readonly is_2fa_enabled: boolean
  readonly created_at: string
  readonly last_login: string | null
  readonly language: string
  readonly time_zone: string
}

/** Who is logged in; null for nobody. */
export interface SessionAnswer {
  readonly user: User | null
}

export type TaskStatus = 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled' | 'expired'

export interface Task {
  readonly task_id: string
  readonly filename: string
  readonly status: TaskStatus
  readonly uploaded_at: string
  readonly file_size_bytes: number
  readonly total_packets: number | null
  /** Worked out from what was read so far. */
  readonly total_packets_is_estimate: boolean
  readonly packets_processed: number | null
  readonly health_score: number | null
  readonly report_json_url: string | null
  readonly error_message: string | null
  readonly expires_at: string | null
  readonly progress_percent: number
  readonly owner_username: string | null
}

export interface TaskList {
  readonly tasks: readonly Task[]
  readonly total: number | null
}

/** Why a capture was refused, and what to do. */
export interface RefusedCapture {
  readonly title: string
  readonly description: string
  readonly detected_issues: readonly string[]
  readonly suggestions: readonly string[]
  readonly wireshark_link: string
}

/** One event of the stream of a task. */
export interface ProgressEvent {
  readonly status: TaskStatus
  readonly phase: string
  readonly progress_percent: number
  readonly packets_processed: number | null
  readonly total_packets: number | null
  readonly total_packets_is_estimate: boolean
  readonly current_analyzer: string | null
  readonly message: string | null
  readonly timestamp: string
}

export interface UserPage {
  readonly users: readonly User[]
  readonly total: number
}
