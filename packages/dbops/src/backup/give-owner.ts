import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { quoteName } from '../quote.ts'

/** @throws {DbopsError} USAGE when there is no such role, PERMISSION_DENIED when this login may not become it */
export async function requireOwner(client: ServerClient, role: string): Promise<void> {
  const { rows } = await client.query<{ login: string; may: boolean }>(
    `select current_user::text as login,
      pg_has_role(oid, case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end) as may
    from pg_roles where rolname = $1`,
    [role],
  )
  const [found] = rows
  if (found === undefined)
    throw new DbopsError('USAGE', `the server has no role ${role} to own what is restored`, {
      hint: 'names are exact, without quotes',
    })
  if (!found.may)
    throw new DbopsError('PERMISSION_DENIED', `${found.login} may not become ${role}, and so give it nothing`, {
      hint: `as a role that may: grant ${quoteName(role)} to ${quoteName(found.login)}`,
    })
}

/**
 * Gives one database, and everything in it that has an owner, to a role; all or nothing, and nothing outside of it (`REASSIGN OWNED` would
 * take other databases along). Members of extensions stay with their extension, and extensions with who made them: they cannot be given;
 * the constructors of ranges are the server's own.
 * @throws {DbopsError} PERMISSION_DENIED, for example for an event trigger, which only a superuser may own
 */
export async function giveOwner(database: ConnectionParameters, role: string): Promise<void> {
  const owner = quoteName(role)
  await withServer(database, async (client) => {
    await client.query('begin')
    await client.query(`alter database ${quoteName(database.database)} owner to ${owner}`)
    const { rows } = await client.query<{ subject: string }>(OWNED)
    for (const { subject } of rows) await client.query(`alter ${subject} owner to ${owner}`)
    const { rows: left } = await client.query<{ subject: string }>(LEFT_MULTIRANGES, [role])
    for (const { subject } of left) await client.query(`alter ${subject} owner to ${owner}`)
    await client.query('commit')
  })
}

/** Oids below are of what every database is born with. */
const FIRST_OWN_OID = 16384

/** What ALTER … OWNER TO names, schemas first, because whoever gets a table needs rights in its schema. Owned sequences follow tables. */
const OWNED = `
  with object (rank, class, oid, kind) as (
    select 0, 'pg_namespace'::regclass, oid, 'schema' from pg_namespace where nspname !~ '^pg_'
      and (oid >= ${FIRST_OWN_OID} or nspname = 'public' and nspowner is distinct from to_regrole('pg_database_owner'))
    union all select 1, 'pg_class', c.oid, null from pg_class c where c.oid >= ${FIRST_OWN_OID}
      and (relkind in ('r', 'p', 'v', 'm', 'f') or relkind = 'S' and not exists (select from pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')))
    union all select 1, 'pg_type', oid, 'type' from pg_type where oid >= ${FIRST_OWN_OID}
    union all select 1, 'pg_proc', oid, 'routine' from pg_proc where oid >= ${FIRST_OWN_OID}
    union all select 1, 'pg_operator', oid, null from pg_operator where oid >= ${FIRST_OWN_OID}
    union all select 1, 'pg_opclass', oid, null from pg_opclass where oid >= ${FIRST_OWN_OID}
    union all select 1, 'pg_opfamily', oid, null from pg_opfamily where oid >= ${FIRST_OWN_OID}
    union all select 1, 'pg_collation', oid, null from pg_collation where oid >= ${FIRST_OWN_OID}
    union all select 1, 'pg_conversion', oid, null from pg_conversion where oid >= ${FIRST_OWN_OID}
    union all select 1, 'pg_ts_config', oid, null from pg_ts_config where oid >= ${FIRST_OWN_OID}
    union all select 1, 'pg_ts_dict', oid, null from pg_ts_dict where oid >= ${FIRST_OWN_OID}
    union all select 1, 'pg_statistic_ext', oid, 'statistics' from pg_statistic_ext
    union all select 1, 'pg_largeobject', oid, null from pg_largeobject_metadata
    union all select 1, 'pg_language', oid, 'language' from pg_language where oid >= ${FIRST_OWN_OID}
    union all select 1, 'pg_foreign_data_wrapper', oid, 'foreign data wrapper' from pg_foreign_data_wrapper
    union all select 1, 'pg_foreign_server', oid, 'server' from pg_foreign_server
    union all select 1, 'pg_publication', oid, 'publication' from pg_publication
    union all select 1, 'pg_event_trigger', oid, 'event trigger' from pg_event_trigger)
  select coalesce(kind, i.type) || ' ' || i.identity as subject
  from object o, pg_identify_object(o.class, o.oid, 0) i
  where not exists (select from pg_depend d where d.classid = o.class and d.objid = o.oid and d.objsubid = 0
    and (d.deptype = 'e' or d.deptype = 'i' and o.class in ('pg_type'::regclass, 'pg_proc'::regclass)))
  order by rank, 1`

/** Before version 17 a multirange stays behind when its range is given; later it cannot be given by itself. */
const LEFT_MULTIRANGES = `
  select 'type ' || i.identity as subject from pg_type t, pg_identify_object('pg_type'::regclass, t.oid, 0) i
  where t.oid >= ${FIRST_OWN_OID} and t.typtype = 'm' and pg_get_userbyid(t.typowner) <> $1 and not exists (
    select from pg_depend own join pg_depend extension on extension.classid = own.refclassid and extension.objid = own.refobjid
    where own.classid = 'pg_type'::regclass and own.objid = t.oid and own.deptype = 'i' and extension.deptype = 'e')`
