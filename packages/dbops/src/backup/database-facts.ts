import type { ServerClient } from '../connection/server-client.ts'

/** A privilege on the database itself, which a dump of its contents leaves out. */
export interface DatabaseGrant {
  readonly grantee: string
  readonly privilege: string
  readonly isGrantable: boolean
}

/** What is true of a database and its server at the time of a backup. */
export interface DatabaseFacts {
  readonly name: string
  readonly owner: string
  readonly encoding: string
  readonly collate: string
  readonly ctype: string
  readonly collationVersion: string | null
  readonly connectionLimit: number
  readonly grants: readonly DatabaseGrant[]
  /** `ALTER DATABASE … SET`, and `ALTER ROLE … IN DATABASE … SET` with the role. */
  readonly settings: readonly { readonly role: string | null; readonly name: string; readonly value: string }[]
  readonly extensions: readonly { readonly name: string; readonly version: string }[]
  /** Roles that own or are granted something: they must exist where the backup is restored. */
  readonly roles: readonly string[]
  readonly bytes: number
  readonly systemIdentifier: string | null
  readonly serverVersion: number
}

/** Reads the facts of the database the client is in. */
export async function databaseFacts(client: ServerClient): Promise<DatabaseFacts> {
  const { rows } = await client.query(`
    select d.datname as name, pg_get_userbyid(d.datdba) as owner, pg_encoding_to_char(d.encoding) as encoding,
      d.datcollate as collate, d.datctype as ctype, d.datconnlimit as "connectionLimit",
      pg_database_size(d.oid)::float8 as bytes, current_setting('server_version_num')::int as "serverVersion",
      case when current_setting('server_version_num')::int >= 150000
        then (to_jsonb(d) ->> 'datcollversion') end as "collationVersion",
      (select jsonb_agg(jsonb_build_object('grantee', case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee) end,
          'privilege', a.privilege_type, 'isGrantable', a.is_grantable) order by a.grantee, a.privilege_type)
        from aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a) as grants,
      coalesce((select jsonb_agg(jsonb_build_object('role', case when s.setrole = 0 then null else pg_get_userbyid(s.setrole) end,
          'name', split_part(c, '=', 1), 'value', substr(c, strpos(c, '=') + 1)) order by s.setrole, c)
        from pg_db_role_setting s, unnest(s.setconfig) c where s.setdatabase = d.oid), '[]') as settings,
      coalesce((select jsonb_agg(jsonb_build_object('name', extname, 'version', extversion) order by extname)
        from pg_extension where extname <> 'plpgsql'), '[]') as extensions,
      (select coalesce(jsonb_agg(distinct pg_get_userbyid(s.refobjid)), '[]') from pg_shdepend s
        where s.refclassid = 'pg_authid'::regclass and s.dbid in (0, d.oid) and s.deptype in ('o', 'a')
          and (s.dbid <> 0 or s.objid = d.oid)) as roles
    from pg_database d where d.datname = current_database()`)
  return { ...rows[0], systemIdentifier: await systemIdentifier(client) }
}

/** Tells clusters apart; null for a role that may not ask. */
async function systemIdentifier(client: ServerClient): Promise<string | null> {
  const { rows } = await client.query<{ may: boolean }>(
    "select has_function_privilege('pg_control_system()', 'execute') as may",
  )
  if (!rows[0].may) return null
  const { rows: found } = await client.query<{ id: string }>(
    'select system_identifier::text as id from pg_control_system()',
  )
  return found[0].id
}

/** Everything but rows, as sorted lines, so that two databases can be compared and a difference be named. */
export async function schemaLines(client: ServerClient): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(`
    with own as (select oid, nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'),
    relation as (
      select c.*, own.nspname || '.' || c.relname as name from pg_class c join own on own.oid = c.relnamespace
      where not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'))
    select 'relation ' || name || ' kind=' || relkind::text || ' owner=' || pg_get_userbyid(relowner) || ' rls=' || relrowsecurity
      || ' forced=' || relforcerowsecurity as line from relation where relkind in ('r','p','v','m','S','f')
    union all select 'grant ' || name || ' ' || (select string_agg(x, ' ' order by x) from (
        select (case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee) end) || ':' || a.privilege_type
          || case when a.is_grantable then '*' else '' end as x
        from aclexplode(coalesce(relacl, acldefault(case relkind when 'S' then 's'::"char" else 'r' end, relowner))) a) g)
      from relation where relkind in ('r','p','v','m','S','f')
    union all select 'column ' || name || '.' || attname || ' ' || format_type(atttypid, atttypmod) || ' notnull=' || attnotnull
      || ' default=' || coalesce(pg_get_expr(adbin, adrelid), '') || ' identity=' || attidentity::text || ' generated=' || attgenerated::text
      || ' acl=' || coalesce((select string_agg(x::text, ',' order by x::text) from unnest(attacl) x), '')
      from relation join pg_attribute a on a.attrelid = relation.oid and attnum > 0 and not attisdropped
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where relkind in ('r','p','v','m','f')
    union all select 'constraint ' || name || '.' || conname || ' ' || pg_get_constraintdef(k.oid) || ' valid=' || convalidated
      from relation join pg_constraint k on k.conrelid = relation.oid
    union all select 'index ' || pg_get_indexdef(i.indexrelid) || ' valid=' || indisvalid
      from relation join pg_index i on i.indrelid = relation.oid
    union all select 'policy ' || name || '.' || polname || ' ' || polcmd::text || ' permissive=' || polpermissive || ' to=' || (
        select string_agg(case when r = 0 then 'public' else pg_get_userbyid(r) end, ',' order by 1) from unnest(polroles) r)
      || ' using=' || coalesce(pg_get_expr(polqual, polrelid), '') || ' check=' || coalesce(pg_get_expr(polwithcheck, polrelid), '')
      from relation join pg_policy p on p.polrelid = relation.oid
    union all select 'trigger ' || name || ' ' || pg_get_triggerdef(t.oid) || ' enabled=' || tgenabled::text
      from relation join pg_trigger t on t.tgrelid = relation.oid and not tgisinternal
    union all select 'view ' || name || ' ' || md5(pg_get_viewdef(oid)) from relation where relkind in ('v', 'm')
    union all select 'sequence ' || name || ' by ' || s.increment_by || ' from ' || s.start_value || ' cycle=' || s.cycle
      from relation join pg_sequences s on s.schemaname || '.' || s.sequencename = name where relkind = 'S'
    union all select 'function ' || own.nspname || '.' || proname || '(' || pg_get_function_identity_arguments(p.oid) || ') owner='
      || pg_get_userbyid(proowner) || ' definer=' || prosecdef || ' ' || md5(coalesce(prosrc, '') || coalesce(proconfig::text, ''))
      || ' acl=' || coalesce((select string_agg(x::text, ',' order by x::text) from unnest(proacl) x), '')
      from pg_proc p join own on own.oid = p.pronamespace
      where not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    union all select 'type ' || own.nspname || '.' || typname || ' ' || coalesce((select string_agg(enumlabel, ',' order by enumsortorder)
        from pg_enum where enumtypid = t.oid), typtype::text) from pg_type t join own on own.oid = t.typnamespace
      where typtype in ('e', 'd', 'r')
    union all select 'schema ' || nspname || ' owner=' || pg_get_userbyid(nspowner) || ' acl='
      || coalesce((select string_agg(x::text, ',' order by x::text) from unnest(nspacl) x), '')
      from pg_namespace where oid in (select oid from own)
    union all select 'default grant ' || pg_get_userbyid(defaclrole) || ' ' || coalesce(nspname, '') || ' ' || defaclobjtype::text || ' '
      || (select string_agg(x::text, ',' order by x::text) from unnest(defaclacl) x)
      from pg_default_acl left join pg_namespace n on n.oid = defaclnamespace
    union all select 'extension ' || extname || ' ' || extversion from pg_extension
    order by 1`)
  return rows.map(({ line }) => line)
}

/** Lines that are only in one of both, as sentences; at most `most` of them. */
export function schemaDifferences(expected: readonly string[], found: readonly string[], most = 20): string[] {
  const there = new Set(found)
  const here = new Set(expected)
  const missing = expected.filter((line) => !there.has(line)).map((line) => `missing: ${line}`)
  const added = found.filter((line) => !here.has(line)).map((line) => `not in the backup: ${line}`)
  return [...missing, ...added].slice(0, most)
}
