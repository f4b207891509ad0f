import type { Tier } from '../command/outcome.ts'

/**
 * A check that is one query: rows of (`what`, `fix`) are what is wrong, `fix` the statement that puts it right. `$1` is the application's
 * role, `$2` the array of its schemas.
 */
export interface CatalogCheck {
  readonly id: string
  readonly title: string
  readonly tier: Tier
  readonly domain: string
  readonly sql: string
  /** True when a failure is a warning only. */
  readonly isSoft?: boolean
  /** Said when there is no statement for it. */
  readonly advice?: string
  readonly references?: readonly string[]
}

const USER_SCHEMA = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
const NO_EXTENSION = (catalog: string, oid: string): string =>
  `not exists (select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.deptype = 'e')`

export const catalogChecks: readonly CatalogCheck[] = [
  {
    id: 'roles.app-superuser',
    title: 'the application is no superuser',
    tier: 'critical',
    domain: 'roles',
    references: ['CIS 4.3'],
    sql: `select rolname || ' is a superuser: limits and policies do not bind it' as what,
      'dbops roles apply makes a login of its own; change the application to it, then: alter role ' || quote_ident(rolname) || ' nosuperuser' as fix
      from pg_roles where rolname = $1 and rolsuper`,
  },
  {
    id: 'roles.app-owner',
    title: 'the application owns nothing',
    tier: 'recommended',
    domain: 'roles',
    sql: `select count(*) || ' objects belong to ' || $1 as what, 'dbops roles apply hands them to an owner that does not log in' as fix
      from pg_class c join pg_namespace n on n.oid = relnamespace where ${USER_SCHEMA} and relowner = (select oid from pg_roles where rolname = $1) having count(*) > 0`,
  },
  {
    id: 'roles.app-attributes',
    title: 'the application has no special rights',
    tier: 'critical',
    domain: 'roles',
    sql: `select rolname || concat(case when rolcreaterole then ' CREATEROLE' end, case when rolcreatedb then ' CREATEDB' end,
        case when rolreplication then ' REPLICATION' end, case when rolbypassrls then ' BYPASSRLS' end) as what,
      format('alter role %I nocreaterole nocreatedb noreplication nobypassrls', rolname) as fix
      from pg_roles where rolname = $1 and not rolsuper and (rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)`,
  },
  {
    id: 'roles.superusers',
    title: 'there are few superusers that log in',
    tier: 'recommended',
    domain: 'roles',
    references: ['CIS 4.3'],
    sql: `select rolname || ' is a superuser besides the first' as what, format('alter role %I nosuperuser', rolname) as fix
      from pg_roles where rolsuper and rolcanlogin and oid <> 10 and rolname <> current_user`,
  },
  {
    id: 'roles.limit',
    title: 'logins have a connection limit',
    tier: 'recommended',
    domain: 'roles',
    sql: `select rolname || ' has none' as what, format('alter role %I connection limit 50', rolname) as fix
      from pg_roles where rolcanlogin and not rolsuper and rolconnlimit < 0`,
  },
  {
    id: 'roles.timeout',
    title: 'the application has a statement timeout',
    tier: 'recommended',
    domain: 'roles',
    sql: `select rolname || ' has none' as what, format('alter role %I set statement_timeout = ''60s''', rolname) as fix from pg_roles r where rolname = $1
      and not exists (select from pg_db_role_setting, unnest(setconfig) s where setrole in (r.oid, 0) and s like 'statement_timeout=%')`,
  },
  {
    id: 'roles.server-programs',
    title: 'no login runs programs or reads files of the server',
    tier: 'critical',
    domain: 'roles',
    references: ['CIS 4.7'],
    sql: `select pg_get_userbyid(m.member) || ' is in ' || g.rolname as what, format('revoke %I from %I', g.rolname, pg_get_userbyid(m.member)) as fix
      from pg_auth_members m join pg_roles g on g.oid = m.roleid
      where g.rolname in ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')`,
  },
  {
    id: 'grants.public-create',
    title: 'not everybody creates in schema public',
    tier: 'critical',
    domain: 'grants',
    references: ['CIS 4.4'],
    sql: `select 'PUBLIC has CREATE on ' || nspname as what, format('revoke create on schema %I from public', nspname) as fix
      from pg_namespace n, aclexplode(nspacl) a where ${USER_SCHEMA} and a.grantee = 0 and a.privilege_type = 'CREATE'`,
  },
  {
    id: 'grants.public-database',
    title: 'not everybody enters the database',
    tier: 'critical',
    domain: 'grants',
    sql: `select 'PUBLIC has ' || string_agg(a.privilege_type, ', ') || ' on ' || datname as what, format('revoke all on database %I from public', datname) as fix
      from pg_database d, aclexplode(coalesce(datacl, acldefault('d', datdba))) a where datname = current_database() and a.grantee = 0 group by datname`,
  },
  {
    id: 'grants.public-tables',
    title: 'no table is open to everybody',
    tier: 'critical',
    domain: 'grants',
    sql: `select c.oid::regclass || ' is open to PUBLIC' as what, format('revoke all on %s from public', c.oid::regclass) as fix
      from pg_class c join pg_namespace n on n.oid = relnamespace where ${USER_SCHEMA} and ${NO_EXTENSION('pg_class', 'c.oid')}
        and exists (select from aclexplode(relacl) a where a.grantee = 0) order by 1`,
  },
  {
    id: 'grants.public-functions',
    title: 'functions that run as their owner are not open to everybody',
    tier: 'recommended',
    domain: 'grants',
    sql: `select p.oid::regprocedure || ' may be run by PUBLIC' as what, format('revoke execute on function %s from public', p.oid::regprocedure) as fix
      from pg_proc p join pg_namespace n on n.oid = pronamespace where ${USER_SCHEMA} and prosecdef and ${NO_EXTENSION('pg_proc', 'p.oid')}
        and exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) a where a.grantee = 0)`,
  },
  {
    id: 'grants.grant-option',
    title: 'rights are not handed on',
    tier: 'optional',
    domain: 'grants',
    isSoft: true,
    sql: `select format('%s may hand on %s of %s', pg_get_userbyid(a.grantee), lower(a.privilege_type), c.oid::regclass) as what,
        format('revoke grant option for %s on %s from %I cascade', a.privilege_type, c.oid::regclass, pg_get_userbyid(a.grantee)) as fix
      from pg_class c join pg_namespace n on n.oid = relnamespace, aclexplode(relacl) a
      where ${USER_SCHEMA} and a.is_grantable and a.grantee not in (0, relowner)`,
  },
  {
    id: 'rls.forced',
    title: 'policies bind the owner of the table too',
    tier: 'recommended',
    domain: 'rls',
    references: ['CIS 4.8'],
    sql: `select c.oid::regclass || ' does not force its policies' as what, format('alter table %s force row level security', c.oid::regclass) as fix
      from pg_class c join pg_namespace n on n.oid = relnamespace where ${USER_SCHEMA} and relrowsecurity and not relforcerowsecurity`,
  },
  {
    id: 'rls.enabled',
    title: 'tables with policies use them',
    tier: 'critical',
    domain: 'rls',
    sql: `select distinct c.oid::regclass || ' has policies that are switched off' as what, format('alter table %s enable row level security', c.oid::regclass) as fix
      from pg_class c join pg_policy p on p.polrelid = c.oid where not relrowsecurity`,
  },
  {
    id: 'rls.definer',
    title: 'functions that run as their owner pin their search_path',
    tier: 'critical',
    domain: 'rls',
    references: ['CIS 4.6'],
    sql: `select p.oid::regprocedure || ' does not' as what, format('alter function %s set search_path = pg_catalog, %I, pg_temp', p.oid::regprocedure, n.nspname) as fix
      from pg_proc p join pg_namespace n on n.oid = pronamespace where ${USER_SCHEMA} and prosecdef and ${NO_EXTENSION('pg_proc', 'p.oid')}
        and not coalesce(array_to_string(proconfig, ',') like '%search_path=%', false)`,
  },
  {
    id: 'db.extensions',
    title: 'no extension opens the server',
    tier: 'recommended',
    domain: 'database',
    sql: `select extname || ' reaches other servers or files' as what, format('drop extension %I', extname) as fix
      from pg_extension where extname in ('dblink', 'file_fdw', 'adminpack', 'plpythonu', 'plpython3u', 'plperlu', 'pltclu')`,
  },
  {
    id: 'db.foreign-passwords',
    title: 'no password stands in a user mapping',
    tier: 'recommended',
    domain: 'database',
    sql: `select srvname || ' for ' || usename || ' holds a password' as what, format('alter user mapping for %I server %I options (drop password)', usename, srvname) as fix
      from pg_user_mappings where array_to_string(umoptions, ',') like '%password=%'`,
  },
  {
    id: 'db.invalid-index',
    title: 'every index is valid',
    tier: 'recommended',
    domain: 'database',
    sql: `select indexrelid::regclass || ' is not' as what, format('drop index %s', indexrelid::regclass) as fix from pg_index where not indisvalid`,
  },
  {
    id: 'db.wraparound',
    title: 'transaction numbers are far from their end',
    tier: 'critical',
    domain: 'database',
    advice: 'dbops maint run vacuums the oldest tables',
    sql: `select datname || ' has used ' || round(100 * age(datfrozenxid) / 2e9) || ' %' as what, null as fix from pg_database where age(datfrozenxid) > 1e9`,
  },
  {
    id: 'db.sequences',
    title: 'no sequence nears its end',
    tier: 'recommended',
    domain: 'database',
    advice: 'widen the column to bigint',
    sql: `select schemaname || '.' || sequencename || ' has used ' || round(100 * last_value::numeric / max_value) || ' %' as what,
      format('alter sequence %I.%I as bigint maxvalue 9223372036854775807', schemaname, sequencename) as fix
      from pg_sequences where last_value > max_value * 0.8 and not cycle`,
  },
  {
    id: 'db.collation',
    title: 'collations are those of the system',
    tier: 'recommended',
    domain: 'database',
    sql: `select collname || ' was made with another version' as what, format('reindex, then: alter collation %I refresh version', collname) as fix
      from pg_collation where collversion is not null and collversion <> pg_collation_actual_version(oid)`,
  },
  {
    id: 'db.prepared',
    title: 'no prepared transaction is forgotten',
    tier: 'recommended',
    domain: 'database',
    sql: `select gid || ' since ' || prepared as what, format('rollback prepared %L', gid) as fix from pg_prepared_xacts where prepared < now() - interval '1 hour'`,
  },
  {
    id: 'db.slots',
    title: 'no replication slot keeps WAL for nobody',
    tier: 'critical',
    domain: 'database',
    sql: `select slot_name || ' is not used' as what, format('select pg_drop_replication_slot(%L)', slot_name) as fix from pg_replication_slots where not active`,
  },
  {
    id: 'db.long-transactions',
    title: 'no transaction is open for an hour',
    tier: 'recommended',
    domain: 'database',
    sql: `select 'process ' || pid || ' of ' || coalesce(usename, 'nobody') || ' since ' || xact_start as what, 'select pg_terminate_backend(' || pid || ')' as fix
      from pg_stat_activity where xact_start < now() - interval '1 hour' and backend_type = 'client backend'`,
  },
  {
    id: 'db.checksum-failures',
    title: 'no page was damaged',
    tier: 'critical',
    domain: 'database',
    advice: 'restore the database: dbops backup restore',
    sql: `select datname || ': ' || checksum_failures as what, null as fix from pg_stat_database where checksum_failures > 0`,
  },
  {
    id: 'archive.failing',
    title: 'WAL is archived',
    tier: 'critical',
    domain: 'backup',
    advice: 'look at archive_command and the space of the archive',
    sql: `select failed_count || ' failures, last ' || last_failed_wal || ' at ' || last_failed_time as what, null as fix from pg_stat_archiver
      where current_setting('archive_mode') <> 'off' and last_failed_time > coalesce(last_archived_time, '-infinity')`,
  },
  {
    id: 'conn.capacity',
    title: 'a fifth of the connections is free',
    tier: 'recommended',
    domain: 'capacity',
    isSoft: true,
    advice: 'dbops monitor connections shows who holds them',
    sql: `select count(*) || ' of ' || current_setting('max_connections') || ' are in use' as what, null as fix from pg_stat_activity
      where backend_type = 'client backend' having count(*) > 0.8 * current_setting('max_connections')::int`,
  },
  {
    id: 'monitoring.statements',
    title: 'slow statements can be found',
    tier: 'optional',
    domain: 'monitoring',
    isSoft: true,
    sql: `select 'pg_stat_statements is not installed in this database' as what, 'create extension pg_stat_statements' as fix
      where not exists (select from pg_extension where extname = 'pg_stat_statements')`,
  },
]
