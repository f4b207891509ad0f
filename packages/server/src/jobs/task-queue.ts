import { sql } from 'kysely'
import type { OpenDatabase } from '../db/open-database.ts'
import { asTenant, SERVICE } from '../db/tenant.ts'
import { addSnapshot, type Snapshot } from '../progress/snapshots.ts'
import type { StoredTask } from '../stored-rows.ts'
import { MOST_ATTEMPTS, nextTask, WALK_INDEXES } from './next-task.ts'
import type { TaskSignals } from './task-signals.ts'

export const LEASE_MS = 30_000
export const HEARTBEAT_MS = 10_000
/** Key of the lock under which tasks are claimed on PostgreSQL. */
const CLAIM_LOCK = 7_063_412

/** A task that one worker holds until its lease ends. */
export interface Claim {
  readonly task: StoredTask
  /** Different for every claim, so that a worker that was thought dead writes nothing. */
  readonly lease: string
}

/** How an analysis ended. */
export type Outcome =
  | {
      readonly status: 'completed'
      readonly totalPackets: number
      readonly healthScore: number | null
      readonly htmlKey: string
      readonly jsonKey: string
    }
  | { readonly status: 'failed'; readonly code: string; readonly message: string }
  | { readonly status: 'cancelled' }

/**
 * The queue is the tasks' own rows: whoever sets the lease of a row works on it, in the order that is fair between users. A row is
 * waiting when it is pending, or when it is being processed by somebody whose lease ended.
 */
export class TaskQueue {
  readonly #database: OpenDatabase
  readonly #now: () => Date
  readonly #timeToLiveMs: number
  readonly signals: TaskSignals

  constructor(options: { database: OpenDatabase; signals: TaskSignals; now: () => Date; timeToLiveMs: number }) {
    this.#database = options.database
    this.signals = options.signals
    this.#now = options.now
    this.#timeToLiveMs = options.timeToLiveMs
  }

  /** When what ends now is deleted: its report, and the capture of one without. */
  expiry(): string {
    return new Date(this.#now().getTime() + this.#timeToLiveMs).toISOString()
  }

  /** Says that there may be work. */
  poke(): void {
    this.signals.send({ kind: 'work' })
  }

  /** Says that nobody wants a task's result any more; whoever works on it stops. */
  interrupt(taskId: string): void {
    this.signals.send({ kind: 'cancel', taskId })
  }

  /** Takes the next task of the user with the fewest under way; null when there is none. */
  async claim(lease: string): Promise<Claim | null> {
    const now = this.#now()
    const at = now.toISOString()
    const task = await asTenant(this.#database, SERVICE, async (transaction) => {
      if (this.#database.dialect === 'postgres') {
        // of two claims at once, the second counts the first: else both could be for the same user
        await sql`select pg_advisory_xact_lock(${sql.lit(CLAIM_LOCK)})`.execute(transaction)
        await WALK_INDEXES.execute(transaction)
      }
      const { rows } = await nextTask(at).execute(transaction)
      const id = rows[0]?.task_id
      if (id === undefined) return null
      const claimed = await transaction
        .updateTable('tasks')
        .set({
          status: 'processing',
          lease_owner: lease,
          lease_until: new Date(now.getTime() + LEASE_MS).toISOString(),
          last_heartbeat: at,
          attempts: sql`attempts + 1`,
        })
        .where('task_id', '=', id)
        .where('status', 'in', ['pending', 'processing'])
        .where(({ eb, or }) => or([eb('status', '=', 'pending'), eb('lease_until', '<', at)]))
        .returningAll()
        .executeTakeFirst()
      return claimed ?? 'gone'
    })
    // its user cancelled it just now: the next one
    if (task === 'gone') return this.claim(lease)
    return task === null ? null : { task, lease }
  }

  /** Prolongs the lease. @returns what to do: go on, stop because the user cancelled, or stop because the lease is not ours any more. */
  async beat({ task, lease }: Claim): Promise<'continue' | 'cancel' | 'lost'> {
    const now = this.#now()
    const row = await asTenant(this.#database, SERVICE, (transaction) =>
      transaction
        .updateTable('tasks')
        .set({
          last_heartbeat: now.toISOString(),
          lease_until: new Date(now.getTime() + LEASE_MS).toISOString(),
        })
        .where('task_id', '=', task.task_id)
        .where('lease_owner', '=', lease)
        .where('status', '=', 'processing')
        .returning('cancel_requested')
        .executeTakeFirst(),
    )
    if (row === undefined) return 'lost'
    return row.cancel_requested ? 'cancel' : 'continue'
  }

  /** Stores progress, if the lease is still ours. */
  async report({ task, lease }: Claim, snapshot: Snapshot): Promise<void> {
    await asTenant(this.#database, SERVICE, async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('tasks')
        .set({
          progress_percent: snapshot.progressPercent,
          current_phase: snapshot.phase,
          packets_processed: snapshot.packetsProcessed,
          total_packets: snapshot.totalPackets,
          current_analyzer: snapshot.currentAnalyzer,
        })
        .where('task_id', '=', task.task_id)
        .where('lease_owner', '=', lease)
        .where('status', '=', 'processing')
        .executeTakeFirst()
      if (numUpdatedRows > 0n) await addSnapshot(transaction, task.task_id, snapshot, this.#now())
    })
  }

  /** Ends a task, if the lease is still ours: results, state and last snapshot in one transaction. False when it was lost. */
  async finish({ task, lease }: Claim, outcome: Outcome): Promise<boolean> {
    const at = this.#now().toISOString()
    return asTenant(this.#database, SERVICE, async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('tasks')
        .set({
          status: outcome.status,
          analyzed_at: at,
          expires_at: this.expiry(),
          lease_owner: null,
          lease_until: null,
          current_phase: outcome.status,
          current_analyzer: null,
          // what was estimated is not said of what has ended
          total_packets: null,
          ...(outcome.status === 'completed'
            ? {
                progress_percent: 100,
                packets_processed: outcome.totalPackets,
                total_packets: outcome.totalPackets,
                health_score: outcome.healthScore,
                report_html_path: outcome.htmlKey,
                report_json_path: outcome.jsonKey,
                error_code: null,
                error_message: null,
              }
            : {}),
          ...(outcome.status === 'failed' ? { error_code: outcome.code, error_message: outcome.message } : {}),
        })
        .where('task_id', '=', task.task_id)
        .where('lease_owner', '=', lease)
        .where('status', '=', 'processing')
        .executeTakeFirst()
      if (numUpdatedRows === 0n) return false
      await addSnapshot(transaction, task.task_id, lastSnapshot(outcome), this.#now())
      return true
    })
  }

  /** Gives a task back unfinished, for a worker that shuts down: the attempt does not count. */
  async release({ task, lease }: Claim): Promise<void> {
    await asTenant(this.#database, SERVICE, (transaction) =>
      transaction
        .updateTable('tasks')
        .set({
          status: 'pending',
          lease_owner: null,
          lease_until: null,
          attempts: sql`attempts - 1`,
          current_analyzer: null,
          total_packets: null,
        })
        .where('task_id', '=', task.task_id)
        .where('lease_owner', '=', lease)
        .where('status', '=', 'processing')
        .execute(),
    )
  }

  /** Notes that the capture of a task is not stored any more. */
  async forgetCapture(taskId: string): Promise<void> {
    await asTenant(this.#database, SERVICE, (transaction) =>
      transaction.updateTable('tasks').set({ capture_key: null }).where('task_id', '=', taskId).execute(),
    )
  }

  /** Fails tasks whose workers died too often; returns their ids. */
  async giveUp(): Promise<string[]> {
    const at = this.#now().toISOString()
    const message = `The analysis was interrupted ${MOST_ATTEMPTS} times; the capture may need more memory than a worker has.`
    return asTenant(this.#database, SERVICE, async (transaction) => {
      const rows = await transaction
        .updateTable('tasks')
        .set({
          status: 'failed',
          analyzed_at: at,
          expires_at: this.expiry(),
          lease_owner: null,
          lease_until: null,
          current_phase: 'failed',
          current_analyzer: null,
          total_packets: null,
          error_code: 'WORKER_LOST',
          error_message: message,
        })
        .where('status', '=', 'processing')
        .where('lease_until', '<', at)
        .where('attempts', '>=', MOST_ATTEMPTS)
        .returning('task_id')
        .execute()
      for (const { task_id } of rows) {
        const outcome: Outcome = { status: 'failed', code: 'WORKER_LOST', message }
        await addSnapshot(transaction, task_id, lastSnapshot(outcome), this.#now())
      }
      return rows.map(({ task_id }) => task_id)
    })
  }
}

function lastSnapshot(outcome: Outcome): Snapshot {
  const isCompleted = outcome.status === 'completed'
  return {
    phase: outcome.status,
    progressPercent: isCompleted ? 100 : 0,
    packetsProcessed: isCompleted ? outcome.totalPackets : null,
    totalPackets: isCompleted ? outcome.totalPackets : null,
    currentAnalyzer: null,
    message: outcome.status === 'failed' ? outcome.message : `Analysis ${outcome.status}`,
  }
}
