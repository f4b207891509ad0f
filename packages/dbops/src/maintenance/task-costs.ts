import type { ServerClient } from '../connection/server-client.ts'
import type { MaintenanceTask, TaskKind } from './task.ts'

/** A task with what it works on and what it would wait for. */
export interface CostedTask extends MaintenanceTask {
  /** As it was last counted, without indexes. */
  readonly bytes: number
  /** Sessions that hold a lock on it which the task cannot pass. */
  readonly blockers: readonly string[]
}

/** Most tasks take SHARE UPDATE EXCLUSIVE, or wait for writers like it. */
const IN_THE_WAY = [
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
]

const relationKinds: readonly TaskKind[] = ['vacuum', 'analyze', 'drop-invalid-index', 'reindex', 'detach-partition']
/** These only read. */
const readingKinds: readonly TaskKind[] = ['check-index', 'check-table']

/** Adds sizes and who is in the way at this moment. */
export async function withCosts(client: ServerClient, tasks: readonly MaintenanceTask[]): Promise<CostedTask[]> {
  const costed: CostedTask[] = []
  for (const task of tasks) {
    const isReading = readingKinds.includes(task.kind)
    if (!isReading && !relationKinds.includes(task.kind)) {
      costed.push({ ...task, bytes: 0, blockers: [] })
      continue
    }
    const { rows } = await client.query<{ bytes: string; blockers: string[] }>(
      // pg_relation_size would wait for whoever holds the table
      `select coalesce((select relpages::bigint * current_setting('block_size')::int from pg_class where oid = to_regclass($1)), 0)::text as bytes,
        array(select distinct coalesce(a.usename, '') || ' (' || l.pid || ')' from pg_locks l join pg_stat_activity a using (pid)
          where l.relation = to_regclass($1) and l.granted and l.mode = any($2) and l.pid <> pg_backend_pid() order by 1) as blockers`,
      [task.object, isReading ? ['AccessExclusiveLock'] : IN_THE_WAY],
    )
    costed.push({ ...task, bytes: Number(rows[0].bytes), blockers: rows[0].blockers })
  }
  return costed
}
