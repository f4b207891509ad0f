import { DbopsError } from '../errors.ts'
import { withServer } from './connect.ts'
import type { ConnectionParameters } from './parameters.ts'

/**
 * Runs `work` while no other machine holds this lock on the server: an advisory lock of a session of its own, which the server lets go by
 * itself when that session ends, whatever becomes of us.
 * @throws {DbopsError} LOCK_HELD with the holder's address
 */
export async function withServerLock<Result>(
  server: ConnectionParameters,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  return await withServer({ ...server, applicationName: 'dbops lock' }, async (client) => {
    const { rows } = await client.query<{ ours: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as ours',
      [`dbops ${name}`],
    )
    if (rows[0].ours) return await work()
    const { rows: holders } = await client.query<{ holder: string }>(
      `select coalesce(host(a.client_addr), 'the socket') || ', process ' || a.pid || ' since ' || a.backend_start as holder
      from pg_locks l join pg_stat_activity a on a.pid = l.pid, (select hashtextextended($1, 0) as key) k
      where l.locktype = 'advisory' and l.granted and l.classid = ((k.key >> 32) & 4294967295)::oid and l.objid = (k.key & 4294967295)::oid`,
      [`dbops ${name}`],
    )
    throw new DbopsError(
      'LOCK_HELD',
      `somebody else does this on the server: ${holders[0]?.holder ?? 'gone meanwhile'}`,
      { hint: 'wait for it' },
    )
  })
}
