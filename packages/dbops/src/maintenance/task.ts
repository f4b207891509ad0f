import type { Verdict } from '../command/outcome.ts'
import type { ServerClient } from '../connection/server-client.ts'

export type TaskKind =
  | 'vacuum'
  | 'analyze'
  | 'drop-invalid-index'
  | 'reindex'
  | 'add-partition'
  | 'detach-partition'
  | 'reset-statistics'
  | 'install-amcheck'
  | 'check-index'
  | 'check-table'
  | 'rotate-log'
  | 'compress-log'
  | 'remove-log'

/** What is to be done to one table, index or file. */
export interface MaintenanceTask {
  readonly kind: TaskKind
  /** Name of a relation as SQL reads it, path of a file, or what counts. */
  readonly object: string
  /** Null for what is done to a file. */
  readonly sql: string | null
  readonly reason: string
}

/** What became of a task; it passes only when its effect was seen. */
export interface TaskResult {
  readonly verdict: Extract<Verdict, 'pass' | 'fail' | 'skipped'>
  readonly evidence: string
  readonly remediation?: string
  /** What is stored is damaged: more than a task that did not work. */
  readonly isDamage?: true
}

export type Performer = (client: ServerClient, task: MaintenanceTask) => Promise<TaskResult>

/** What a rule asks for, and why it cannot be had. */
export interface RuleProblem {
  readonly rule: string
  readonly verdict: 'fail' | 'skipped'
  readonly evidence: string
  readonly remediation?: string
}

/** Tasks that follow from a rule. */
export interface RulePlan {
  readonly tasks: readonly MaintenanceTask[]
  readonly problems: readonly RuleProblem[]
}
