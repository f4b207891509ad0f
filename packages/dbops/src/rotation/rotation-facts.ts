import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'

/** What has to be equal of the two logins, and what neither may own. */
interface LoginFacts {
  readonly name: string
  readonly attributes: string
  readonly memberships: readonly string[]
  readonly settings: readonly string[]
  readonly grants: number
  readonly owned: number
}

/**
 * Makes sure that the applications lose nothing when they change from one login to the other.
 * @throws {DbopsError} REFUSED with every difference
 */
export async function requireTwins(client: ServerClient, logins: readonly [string, string]): Promise<void> {
  const first = await loginFacts(client, logins[0])
  const second = await loginFacts(client, logins[1])
  const differences: string[] = []
  if (first.attributes !== second.attributes)
    differences.push(`attributes (${first.attributes} and ${second.attributes})`)
  if (first.memberships.join() !== second.memberships.join())
    differences.push(
      `memberships (${first.memberships.join(' ') || 'none'} and ${second.memberships.join(' ') || 'none'})`,
    )
  if (first.settings.join() !== second.settings.join()) differences.push('settings')
  for (const { name, grants, owned } of [first, second]) {
    if (owned > 0) differences.push(`${name} owns ${owned} objects`)
    if (grants > 0) differences.push(`${name} has ${grants} grants of its own: give them to the group`)
  }
  if (differences.length > 0)
    throw new DbopsError('REFUSED', `the logins ${logins.join(' and ')} are not alike: ${differences.join('; ')}`, {
      hint: 'dbops roles plan makes a pair of logins in one group',
    })
}

/** What much depends on. */
export interface LoginPower {
  readonly isSuperuser: boolean
  readonly mayReplicate: boolean
}

/** @throws {DbopsError} REFUSED when it cannot log in anyway */
export async function requireSingleLogin(client: ServerClient, login: string): Promise<LoginPower> {
  const { rows } = await client.query<LoginPower & { mayLogIn: boolean }>(
    'select rolcanlogin as "mayLogIn", rolsuper as "isSuperuser", rolreplication as "mayReplicate" from pg_roles where rolname = $1',
    [login],
  )
  if (rows.length === 0) throw new DbopsError('REFUSED', `role ${login} does not exist`)
  const [{ mayLogIn, ...power }] = rows
  if (!mayLogIn) throw new DbopsError('REFUSED', `role ${login} may not log in`)
  return power
}

async function loginFacts(client: ServerClient, name: string): Promise<LoginFacts> {
  const { rows } = await client.query<LoginFacts & { isSuperuser: boolean }>(
    `select r.rolname as name, r.rolsuper as "isSuperuser",
      format('inherit=%s createdb=%s createrole=%s bypassrls=%s replication=%s limit=%s', r.rolinherit, r.rolcreatedb, r.rolcreaterole,
        r.rolbypassrls, r.rolreplication, r.rolconnlimit) as attributes,
      array(select pg_get_userbyid(roleid) from pg_auth_members where member = r.oid order by 1)::text[] as memberships,
      array(select unnest(setconfig) from pg_db_role_setting where setrole = r.oid order by 1)::text[] as settings,
      (select count(*)::int from pg_shdepend d where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid and d.deptype = 'o') as owned,
      (select count(*)::int from pg_shdepend d where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid and d.deptype = 'a') as grants
    from pg_roles r where r.rolname = $1`,
    [name],
  )
  if (rows.length === 0) throw new DbopsError('REFUSED', `role ${name} does not exist`)
  if (rows[0].isSuperuser)
    throw new DbopsError('REFUSED', `role ${name} is a superuser and is not rotated this way`, {
      hint: 'rotate run --login rotates one in place',
    })
  return rows[0]
}

/** Sessions of a login, by application. */
export interface SessionGroup {
  readonly application: string
  readonly sessions: number
}

/** Those of the login, or of them those that began before a moment of the server's clock. */
export async function sessionsOf(
  client: ServerClient,
  login: string,
  before: string | null = null,
): Promise<SessionGroup[]> {
  const { rows } = await client.query<SessionGroup>(
    `select application_name as application, count(*)::int as sessions from pg_stat_activity
    where usename = $1 and ($2::timestamptz is null or backend_start < $2) group by 1 order by 1`,
    [login, before],
  )
  return rows
}
