import { listBackups } from '../backup/catalog.ts'
import { lastGoodDrill } from '../backup/drill.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { sessionCertificate } from './certificate-probes.ts'
import type { HealthCheck } from './health.ts'
import { graded, type Limits } from './limits.ts'
import { latencyCheck } from './probes.ts'

export interface ServerProbeOptions {
  /** A standby is well, too. */
  readonly isRecoveryAllowed: boolean
  /** Folder of backups; null leaves them out. */
  readonly backups: string | null
  readonly limits: Limits
  readonly stateFolder: string
  readonly now: Date
}

interface Row {
  readonly in_recovery: boolean
  readonly sessions: number
  readonly capacity: number
  readonly oldest_seconds: number
  readonly wraparound: number
  readonly is_archive_failing: boolean
  readonly replay_lag_seconds: number
}

/** What a session of its own can tell of a server, for a command line or a probe that has no pool; asks once. */
export async function serverHealth(
  client: ServerClient,
  options: ServerProbeOptions,
): Promise<Record<string, HealthCheck>> {
  const startMs = performance.now()
  await client.query('select 1')
  const latencyMs = Math.round(performance.now() - startMs)
  const { rows } = await client.query<Row>(`
    select pg_is_in_recovery() as in_recovery,
      (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as sessions,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as capacity,
      (select coalesce(extract(epoch from max(clock_timestamp() - xact_start)), 0)::float8 from pg_stat_activity where backend_type = 'client backend') as oldest_seconds,
      (select max(age(datfrozenxid)) / 2147483648.0 from pg_database)::float8 as wraparound,
      (select failed_count > 0 and (last_archived_time is null or last_failed_time > last_archived_time) from pg_stat_archiver) as is_archive_failing,
      (select coalesce(extract(epoch from max(replay_lag)), 0)::float8 from pg_stat_replication) as replay_lag_seconds`)
  const [row] = rows
  const { limits } = options
  const certificate = sessionCertificate(client, limits, options.now)
  return {
    database: {
      ...latencyCheck(latencyMs, { warnMs: limits.database.warn, failMs: limits.database.fail }),
      limit: limits.database,
    },
    role:
      row.in_recovery && !options.isRecoveryAllowed
        ? { status: 'fail', observed: 'standby', threshold: 'primary', message: 'the server only repeats another one' }
        : { status: 'pass', observed: row.in_recovery ? 'standby' : 'primary' },
    connections: graded(row.sessions / row.capacity, limits.connections, 'sessions are running out'),
    oldestTransaction: graded(row.oldest_seconds, limits.oldestTransaction, 'seconds that a transaction is open'),
    transactionNumbers: graded(row.wraparound, limits.transactionNumbers, 'transaction numbers are running out'),
    archive: row.is_archive_failing
      ? { status: 'fail', message: 'the last WAL segment could not be archived' }
      : { status: 'pass' },
    replicationLag: graded(row.replay_lag_seconds, limits.replicationLag, 'seconds that a standby is behind'),
    ...(certificate === null ? {} : { certificate }),
    ...(options.backups === null
      ? {}
      : { backup: backupHealth(options.backups, options), drill: drillHealth(options) }),
  }
}

function backupHealth(folder: string, { limits, stateFolder, now }: ServerProbeOptions): HealthCheck {
  const newest = listBackups(folder, { stateFolder, identities: [] }).find(
    ({ state }) => state === 'good' || state === 'unchecked-manifest',
  )
  if (newest?.manifest == null) return { status: 'fail', threshold: limits.backup.warn, message: 'there is no backup' }
  const hours = (now.getTime() - Date.parse(newest.manifest.finishedAt)) / 3_600_000
  return graded(hours, limits.backup, 'hours since the last backup')
}

/** One that was never drilled is a warning: the backup may be new. */
function drillHealth({ limits, stateFolder, now }: ServerProbeOptions): HealthCheck {
  const last = lastGoodDrill(stateFolder)
  if (last === null) return { status: 'warn', threshold: limits.drill.warn, message: 'no restore was ever tried here' }
  const days = (now.getTime() - Date.parse(last.startedAt)) / 86_400_000
  return graded(days, limits.drill, 'days since a restore was tried')
}
