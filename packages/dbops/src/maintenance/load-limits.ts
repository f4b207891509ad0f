import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'

/** From where on maintenance would add to a load that is high already; null is no limit. */
export interface LoadLimits {
  /** Sessions that work at this moment, beside the one that asks. */
  readonly maxActive: number | null
  /** WAL in bytes that a standby has not replayed, also one that is away and whose slot keeps it. */
  readonly maxLagBytes: number | null
}

/** Numbers that the server hides from the role would look like rest. @throws {DbopsError} PERMISSION_DENIED */
export async function requireLoadSeen(client: ServerClient, { maxActive, maxLagBytes }: LoadLimits): Promise<void> {
  if (maxActive === null && maxLagBytes === null) return
  const { rows } = await client.query<{ isSeen: boolean }>(
    `select pg_has_role(current_user, 'pg_read_all_stats', 'usage') as "isSeen"`,
  )
  if (!rows[0].isSeen)
    throw new DbopsError('PERMISSION_DENIED', 'this role sees neither the work of others nor the lag of standbys', {
      hint: 'grant pg_monitor to it',
    })
}

/** Why the load is too high now, or null. */
export async function tooMuchLoad(client: ServerClient, limits: LoadLimits): Promise<string | null> {
  const { maxActive, maxLagBytes } = limits
  const active = maxActive === null ? 0 : await activeSessions(client)
  if (maxActive !== null && active > maxActive)
    return `${active} other session(s) work, and ${maxActive} is the most (--max-active)`
  const most = maxLagBytes === null ? null : await mostLag(client)
  if (maxLagBytes !== null && most !== null && most.bytes > maxLagBytes)
    return `${most.name} is ${most.bytes} bytes behind, and ${maxLagBytes} is the most (--max-lag-bytes)`
  return null
}

/** A session that does not track what it does counts as one that works. */
async function activeSessions(client: ServerClient): Promise<number> {
  const { rows } = await client.query<{ active: number }>(
    `select count(*)::int as active from pg_stat_activity
    where pid <> pg_backend_pid() and backend_type = 'client backend' and state in ('active', 'fastpath function call', 'disabled')`,
  )
  return rows[0].active
}

async function mostLag(client: ServerClient): Promise<{ name: string; bytes: number } | null> {
  const { rows } = await client.query<{ name: string; bytes: number }>(
    `select name, pg_wal_lsn_diff(pg_current_wal_lsn(), reached)::float8 as bytes from (
      select 'standby ' || coalesce(nullif(application_name, ''), pid::text), coalesce(replay_lsn, flush_lsn, '0/0')
        from pg_stat_replication where state <> 'backup'
      union all select 'the standby of slot ' || slot_name, restart_lsn
        from pg_replication_slots where slot_type = 'physical' and not active and restart_lsn is not null
    ) as standby (name, reached) order by 2 desc limit 1`,
  )
  return rows[0] ?? null
}
