import { execFileSync } from 'node:child_process'
import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { findProgram, plainEnvironment } from '../run.ts'

/** Version of a client program: `15.18` and its major. */
export interface ToolVersion {
  readonly text: string
  readonly major: number
}

/** @throws {DbopsError} CHILD_FAILED when it is missing or prints no version */
export function toolVersion(program: string, binaries?: string): ToolVersion {
  const printed = execFileSync(findProgram(program, binaries), ['--version'], {
    encoding: 'utf8',
    env: plainEnvironment(),
  })
  const match = /(\d+)(?:\.\d+|devel|beta\d+|rc\d+)?/.exec(printed)
  if (match === null) throw new DbopsError('CHILD_FAILED', `${program} --version printed "${printed.trim()}"`)
  return { text: match[0], major: Number(match[1]) }
}

/** A client may read servers of its own version and older ones. @throws {DbopsError} REFUSED */
export function requireClientNotOlder(program: string, client: ToolVersion, serverVersion: number): void {
  const serverMajor = Math.floor(serverVersion / 10_000)
  if (client.major < serverMajor)
    throw new DbopsError(
      'REFUSED',
      `${program} ${client.text} is older than the server (${serverMajor}) and cannot dump it`,
      {
        hint: `install postgresql-client-${serverMajor}, and name its folder in DBOPS_PG_BIN`,
      },
    )
}

/** A restore through an older client loses what it does not know. @throws {DbopsError} REFUSED */
export function requireRestorable(toolMajor: number, backupServerVersion: number, serverVersion: number): void {
  const from = Math.floor(backupServerVersion / 10_000)
  const to = Math.floor(serverVersion / 10_000)
  if (to < from)
    throw new DbopsError(
      'REFUSED',
      `the backup is of PostgreSQL ${from}, the server is ${to}: going back is not supported`,
    )
  if (toolMajor < from)
    throw new DbopsError('REFUSED', `pg_restore ${toolMajor} cannot read a backup of PostgreSQL ${from}`)
}

/**
 * Makes sure, before anything is written, that the role can read every row: pg_dump fails on tables with row-level security otherwise,
 * and a filtered copy would be worse.
 * @throws {DbopsError} REFUSED with the tables in the message
 */
export async function requireWholeRead(client: ServerClient): Promise<void> {
  const { rows } = await client.query<{ name: string; why: 'rls' | 'grant' }>(`
    select format('%I.%I', n.nspname, c.relname) as name,
      case when not has_table_privilege(c.oid, 'select') then 'grant' else 'rls' end as why
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'm', 'S') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and (not has_table_privilege(c.oid, 'select')
        or c.relrowsecurity and not (select rolsuper or rolbypassrls from pg_roles where rolname = current_user))
    order by 1`)
  const bySecurity = rows.filter(({ why }) => why === 'rls').map(({ name }) => name)
  const byGrant = rows.filter(({ why }) => why === 'grant').map(({ name }) => name)
  if (bySecurity.length > 0)
    throw new DbopsError(
      'REFUSED',
      `row-level security hides rows of ${listed(bySecurity)} from this role, so a backup would not be whole`,
      {
        hint: 'use a role with BYPASSRLS: dbops roles plan makes a backup role',
      },
    )
  if (byGrant.length > 0)
    throw new DbopsError('REFUSED', `this role may not read ${listed(byGrant)}`, {
      hint: 'grant pg_read_all_data to it',
    })
}

function listed(names: readonly string[]): string {
  const most = 5
  const more = names.length - most
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ')
}
