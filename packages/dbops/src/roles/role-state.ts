import type { ServerClient } from '../connection/server-client.ts'

/** A role as it is. */
export interface ActualRole {
  readonly name: string
  readonly isSuperuser: boolean
  readonly inherits: boolean
  readonly createsRoles: boolean
  readonly createsDatabases: boolean
  readonly logsIn: boolean
  readonly replicates: boolean
  readonly bypassesRls: boolean
  readonly connectionLimit: number
  /** ISO 8601; null for ever. */
  readonly validUntil: string | null
  readonly memberships: readonly string[]
  /** `name=value`, for all databases. */
  readonly settings: readonly string[]
}

/** One privilege as an ACL holds it; `public` for everybody. */
export interface ActualGrant {
  readonly grantee: string
  readonly privilege: string
}

/** What can be owned and granted in a schema. */
export interface ActualObject {
  readonly kind: 'table' | 'sequence' | 'function' | 'schema'
  /** As SQL names it, quoted; a function with its arguments. */
  readonly name: string
  readonly owner: string
  readonly grants: readonly ActualGrant[]
}

export interface ActualDatabase {
  readonly name: string
  readonly grants: readonly ActualGrant[]
}

/** What default privileges give away of new objects of an owner in a schema. */
export interface ActualDefault {
  readonly owner: string
  readonly schema: string
  readonly objects: 'table' | 'sequence' | 'function'
  readonly grants: readonly ActualGrant[]
}

/** Everything a plan compares with. */
export interface RoleState {
  readonly roles: readonly ActualRole[]
  readonly databases: readonly ActualDatabase[]
  readonly schemas: readonly string[]
  readonly objects: readonly ActualObject[]
  readonly defaults: readonly ActualDefault[]
  /** Default privileges of an owner in the whole database: functions are open to the public unless they say otherwise. */
  readonly publicFunctionOwners: readonly string[]
  readonly extensions: readonly string[]
  /** What shows the files of the server, as `GRANT` names it, with those who may look; beyond the predefined roles. */
  readonly fileViews: readonly { readonly name: string; readonly readers: readonly string[] }[]
}

const GRANTS = (acl: string, kind: string, owner: string): string => `
  coalesce((select jsonb_agg(jsonb_build_object('grantee', case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee) end,
    'privilege', lower(a.privilege_type)) order by a.grantee, a.privilege_type)
  from aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) a where a.grantee <> ${owner}), '[]')`

/** Reads the state of the database the client is in, and the roles of its cluster. */
export async function readRoleState(client: ServerClient, schemas: readonly string[]): Promise<RoleState> {
  const { rows } = await client.query<{ state: RoleState }>(
    `select jsonb_build_object(
      'roles', (select jsonb_agg(jsonb_build_object('name', rolname, 'isSuperuser', rolsuper, 'inherits', rolinherit,
          'createsRoles', rolcreaterole, 'createsDatabases', rolcreatedb, 'logsIn', rolcanlogin, 'replicates', rolreplication,
          'bypassesRls', rolbypassrls, 'connectionLimit', rolconnlimit,
          'validUntil', to_char(nullif(rolvaliduntil, 'infinity') at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
          'memberships', (select coalesce(jsonb_agg(pg_get_userbyid(roleid) order by 1), '[]') from pg_auth_members where member = r.oid),
          'settings', (select coalesce(jsonb_agg(s order by s), '[]') from pg_db_role_setting, unnest(setconfig) s
            where setrole = r.oid and setdatabase = 0)))
        from pg_roles r),
      'databases', (select jsonb_agg(jsonb_build_object('name', datname, 'grants', ${GRANTS('datacl', 'd', 'datdba')})) from pg_database),
      'schemas', (select jsonb_agg(nspname) from pg_namespace),
      'extensions', (select jsonb_agg(extname) from pg_extension),
      'fileViews', (select jsonb_agg(jsonb_build_object('name', v.name, 'readers', (
          select coalesce(jsonb_agg(pg_get_userbyid(a.grantee)), '[]') from aclexplode(v.acl) a where a.grantee <> 0)))
        from (select format('select on table pg_catalog.%I', relname) as name, relacl as acl from pg_class
            where oid in ('pg_catalog.pg_hba_file_rules'::regclass, 'pg_catalog.pg_file_settings'::regclass)
          union all select format('execute on function pg_catalog.%I()', proname), proacl from pg_proc
            where oid in ('pg_catalog.pg_hba_file_rules()'::regprocedure, 'pg_catalog.pg_show_all_file_settings()'::regprocedure)) v),
      'objects', (select coalesce(jsonb_agg(o), '[]') from (
        select 'schema' as kind, quote_ident(nspname) as name, pg_get_userbyid(nspowner) as owner, ${GRANTS('nspacl', 'n', 'nspowner')} as grants
          from pg_namespace where nspname = any($1) or nspname = 'public'
        union all
        select case relkind when 'S' then 'sequence' else 'table' end, format('%I.%I', nspname, relname), pg_get_userbyid(relowner),
          case relkind when 'S' then ${GRANTS('relacl', 's', 'relowner')} else ${GRANTS('relacl', 'r', 'relowner')} end
          from pg_class c join pg_namespace n on n.oid = relnamespace
          where nspname = any($1) and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
            and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype in ('e', 'i') and relkind <> 'S')
            and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'e')
        union all
        select 'function', format('%I.%I(%s)', nspname, proname, pg_get_function_identity_arguments(p.oid)), pg_get_userbyid(proowner),
          ${GRANTS('proacl', 'f', 'proowner')}
          from pg_proc p join pg_namespace n on n.oid = pronamespace
          where nspname = any($1) and prokind in ('f', 'p', 'w')
            and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e')) o),
      'defaults', (select coalesce(jsonb_agg(jsonb_build_object('owner', pg_get_userbyid(defaclrole), 'schema', nspname,
          'objects', case defaclobjtype when 'r' then 'table' when 'S' then 'sequence' else 'function' end,
          'grants', (select coalesce(jsonb_agg(jsonb_build_object('grantee', case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee) end,
            'privilege', lower(a.privilege_type))), '[]') from aclexplode(defaclacl) a where a.grantee <> defaclrole))), '[]')
        from pg_default_acl join pg_namespace n on n.oid = defaclnamespace where defaclobjtype in ('r', 'S', 'f')),
      'publicFunctionOwners', (select coalesce(jsonb_agg(rolname), '[]') from pg_roles r where not exists (
        select from pg_default_acl where defaclrole = r.oid and defaclnamespace = 0 and defaclobjtype = 'f'
          and not exists (select from aclexplode(defaclacl) a where a.grantee = 0)))
    ) as state`,
    [schemas],
  )
  return rows[0].state
}
