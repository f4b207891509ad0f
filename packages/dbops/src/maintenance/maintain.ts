import type { Check } from '../command/outcome.ts'
import { connectServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { serverError, sqlStateOf } from '../connection/server-errors.ts'
import { checkIndex, checkTable, installAmcheck } from './integrity.ts'
import { type LoadLimits, requireLoadSeen, tooMuchLoad } from './load-limits.ts'
import { compressLog, removeLog, rotateLog } from './log-files.ts'
import { changePartition } from './partitions.ts'
import { careFor } from './plan-care.ts'
import { resetStatistics } from './statistics.ts'
import type { MaintenanceTask, Performer, TaskKind, TaskResult } from './task.ts'
import { isWithin, type MaintenanceWindow } from './window.ts'

/** How each kind of task is done. */
const performers: Readonly<Record<TaskKind, Performer>> = {
  vacuum: careFor,
  analyze: careFor,
  'drop-invalid-index': careFor,
  reindex: careFor,
  'add-partition': changePartition,
  'detach-partition': changePartition,
  'reset-statistics': resetStatistics,
  'install-amcheck': installAmcheck,
  'check-index': checkIndex,
  'check-table': checkTable,
  'rotate-log': rotateLog,
  'compress-log': compressLog,
  'remove-log': removeLog,
}

export interface MaintainOptions {
  /** How long a task may wait for a lock; 2000. */
  readonly lockTimeoutMs?: number
  readonly limits?: LoadLimits
  /** No task begins outside of it. */
  readonly window?: MaintenanceWindow | null
  readonly now?: () => Date
}

export interface Maintained {
  /** Of every task; those that were left are skipped. */
  readonly checks: readonly Check[]
  /** What was not begun, and why; null when everything was. */
  readonly left: { readonly reason: string; readonly tasks: readonly MaintenanceTask[] } | null
  /** A table or an index that was read is damaged. */
  readonly isDamaged: boolean
}

/**
 * Does the tasks one by one, outside of transactions, giving up a lock soon; a task counts as done only when its effect is seen. Before
 * each task it looks at the clock and the load, and leaves the rest when one of them forbids it.
 * @throws {DbopsError} PERMISSION_DENIED, before anything is done, when the role cannot see the load that is limited
 */
export async function maintain(
  server: ConnectionParameters,
  tasks: readonly MaintenanceTask[],
  options: MaintainOptions = {},
): Promise<Maintained> {
  const { lockTimeoutMs = 2_000, limits = { maxActive: null, maxLagBytes: null } } = options
  const client = await connectServer({ ...server, applicationName: 'dbops maint' })
  try {
    await requireLoadSeen(client, limits)
    await client.query(`set lock_timeout = ${Math.round(lockTimeoutMs)}`)
    await client.query('set statement_timeout = 0')
    const checks: Check[] = []
    let isDamaged = false
    for (const [index, task] of tasks.entries()) {
      const reason = reasonOfClock(options) ?? (await tooMuchLoad(client, limits))
      if (reason !== null) {
        const rest = tasks.slice(index)
        return {
          checks: [...checks, ...rest.map((one) => leftCheck(one, reason))],
          left: { reason, tasks: rest },
          isDamaged,
        }
      }
      const { isDamage = false, ...result } = await perform(client, task)
      isDamaged ||= isDamage
      checks.push({
        id: `maint.${task.kind}`,
        title: task.object,
        tier: isDamage ? 'critical' : 'recommended',
        ...result,
      })
    }
    return { checks, left: null, isDamaged }
  } finally {
    await client.end()
  }
}

function reasonOfClock({ window = null, now = () => new Date() }: MaintainOptions): string | null {
  return window === null || isWithin(window, now()) ? null : `the window ${window.text} has ended`
}

function leftCheck({ kind, object }: MaintenanceTask, reason: string): Check {
  const evidence = `not begun: ${reason}`
  return { id: `maint.${kind}`, title: object, tier: 'recommended', verdict: 'skipped', evidence }
}

async function perform(client: ServerClient, task: MaintenanceTask): Promise<TaskResult> {
  try {
    return await performers[task.kind](client, task)
  } catch (error) {
    if (sqlStateOf(error) === '55P03')
      return { verdict: 'skipped', evidence: 'somebody holds the table: try again later' }
    // without the server there is nothing to go on with
    const { code, message } = serverError(error)
    if (code === 'CONNECTION_LOST') throw error
    return { verdict: 'fail', evidence: message }
  }
}
