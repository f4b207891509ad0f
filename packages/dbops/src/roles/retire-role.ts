import { connectServer, withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { quoteName } from '../quote.ts'

/** What a role owns and was granted in one database. */
export interface RoleHoldings {
  readonly database: string
  readonly owned: number
  readonly granted: number
}

export interface RetirePlan {
  readonly role: string
  readonly heir: string
  readonly sessions: number
  readonly holdings: readonly RoleHoldings[]
}

/** Counts in every database. @throws {DbopsError} REFUSED for the role in use and the last superuser */
export async function planRetirement(admin: ConnectionParameters, role: string, heir: string): Promise<RetirePlan> {
  return await withServer(admin, async (client) => {
    const { rows } = await client.query<{
      self: boolean
      others: number
      super: boolean
      heir: boolean
      sessions: number
      oid: string
      first: boolean
    }>(
      `select r.rolname = current_user as self, r.rolsuper as super, r.oid::text as oid, r.oid = 10 as first,
        (select count(*)::int from pg_roles where rolsuper and rolcanlogin and rolname <> $1) as others,
        to_regrole(quote_ident($2)) is not null as heir,
        (select count(*)::int from pg_stat_activity where usename = $1) as sessions
      from pg_roles r where rolname = $1`,
      [role, heir],
    )
    if (rows.length === 0) throw new DbopsError('USAGE', `role ${role} does not exist`)
    const [found] = rows
    if (!found.heir) throw new DbopsError('USAGE', `role ${heir} does not exist`)
    if (found.self) throw new DbopsError('REFUSED', `${role} is the role of this very session`)
    if (found.first)
      throw new DbopsError('REFUSED', `${role} made this cluster and owns its catalogs, so it cannot be dropped`, {
        hint: 'give applications roles of their own (dbops roles apply) and close it: alter role … nologin',
      })
    if (found.super && found.others === 0)
      throw new DbopsError('REFUSED', `${role} is the last superuser that can log in`)
    const { rows: holdings } = await client.query<RoleHoldings>(
      `select d.datname as database, count(*) filter (where s.deptype = 'o')::int as owned, count(*) filter (where s.deptype = 'a')::int as granted
      from pg_shdepend s join pg_database d on d.oid = s.dbid or (s.dbid = 0 and s.classid = 'pg_database'::regclass and s.objid = d.oid)
      where s.refclassid = 'pg_authid'::regclass and s.refobjid = $1::oid group by 1 order by 1`,
      [found.oid],
    )
    return { role, heir, sessions: found.sessions, holdings }
  })
}

/**
 * Hands everything the role owns to the heir in every database, takes its grants whoever made them, closes it, ends its sessions, proves
 * that it cannot log in, and drops it.
 */
export async function retireRole(
  admin: ConnectionParameters,
  { role, heir, holdings }: RetirePlan,
  login: ConnectionParameters | null,
): Promise<void> {
  await withServer(admin, async (client) => {
    await client.query(`alter role ${quoteName(role)} nologin`)
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role])
  })
  if (login !== null) await requireRefused(login)
  const databases = new Set([...holdings.map(({ database }) => database), admin.database])
  for (const database of databases) {
    await withServer({ ...admin, database }, async (client) => {
      await client.query(`reassign owned by ${quoteName(role)} to ${quoteName(heir)}`)
      await client.query(`drop owned by ${quoteName(role)}`)
      await revokeForeignGrants(client, role)
    })
  }
  await withServer(admin, (client) => client.query(`drop role ${quoteName(role)}`))
}

async function requireRefused(login: ConnectionParameters): Promise<void> {
  const client = await connectServer(login).catch(() => null)
  if (client === null) return
  await client.end()
  throw new DbopsError('INTEGRITY', `${login.user} can still log in`)
}

/** Grants made by a third role stay after DROP OWNED: only their grantor can take them. */
async function revokeForeignGrants(client: ServerClient, role: string): Promise<void> {
  const { rows } = await client.query<{ what: string; privilege: string; grantor: string }>(
    `select what, a.privilege_type as privilege, pg_get_userbyid(a.grantor) as grantor from (
        select format('table %s', c.oid::regclass) as what, relacl as acl from pg_class c where relkind <> 'S'
        union all select format('sequence %s', c.oid::regclass), relacl from pg_class c where relkind = 'S'
        union all select format('schema %I', nspname), nspacl from pg_namespace
        union all select format('routine %s', p.oid::regprocedure), proacl from pg_proc p
        union all select format('database %I', datname), datacl from pg_database) o, aclexplode(acl) a
      where a.grantee = (select oid from pg_roles where rolname = $1)`,
    [role],
  )
  for (const { what, privilege, grantor } of rows) {
    await client.query('begin')
    await client.query(`set local role ${quoteName(grantor)}`)
    await client.query(`revoke ${privilege} on ${what} from ${quoteName(role)} cascade`)
    await client.query('commit')
  }
}
