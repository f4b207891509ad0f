import { type CatalogCheck, SETTINGS, USER_SCHEMA } from './catalog-check.ts'

/** Rights of roles, and what they override. */
export const roleChecks: readonly CatalogCheck[] = [
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
    id: 'roles.expired',
    title: 'no login has outlived its last day',
    tier: 'recommended',
    domain: 'roles',
    sql: `select rolname || ' ended on ' || rolvaliduntil::date as what, format('alter role %I nologin', rolname) as fix
      from pg_roles where rolcanlogin and rolvaliduntil < now()`,
  },
  {
    id: 'roles.replication',
    title: 'only copies of the server replicate',
    tier: 'recommended',
    domain: 'roles',
    references: ['CIS 7.1'],
    isSoft: true,
    sql: `select rolname || ' may read the whole WAL' as what, format('alter role %I noreplication', rolname) as fix
      from pg_roles where rolcanlogin and rolreplication and not rolsuper and not exists (select from pg_stat_replication where usename = rolname)`,
  },
  {
    id: 'roles.admin-option',
    title: 'memberships are not handed on',
    tier: 'optional',
    domain: 'roles',
    isSoft: true,
    sql: `select format('%s may give %s to others', pg_get_userbyid(m.member), g.rolname) as what,
        format('revoke admin option for %I from %I', g.rolname, pg_get_userbyid(m.member)) as fix
      from pg_auth_members m join pg_roles g on g.oid = m.roleid join pg_roles r on r.oid = m.member where m.admin_option and not r.rolsuper`,
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
    id: 'roles.write-all',
    title: 'no login writes every table',
    tier: 'critical',
    domain: 'roles',
    sql: `select pg_get_userbyid(m.member) || ' is in ' || g.rolname as what, format('revoke %I from %I', g.rolname, pg_get_userbyid(m.member)) as fix
      from pg_auth_members m join pg_roles g on g.oid = m.roleid where g.rolname = 'pg_write_all_data'`,
  },
  {
    id: 'roles.bypass-rls',
    title: 'no policy is bypassed by rights',
    tier: 'recommended',
    domain: 'roles',
    references: ['CIS 4.8'],
    sql: `select rolname || ' sees the rows of everybody' as what, format('alter role %I nobypassrls', rolname) as fix
      from pg_roles where rolcanlogin and rolbypassrls and not rolsuper and not pg_has_role(oid, 'pg_read_all_data', 'member')`,
  },
  {
    id: 'roles.overrides',
    title: 'no role or database undoes a protection',
    tier: 'critical',
    domain: 'roles',
    sql: `select coalesce(rolname, 'everybody') || ' in ' || coalesce(datname, 'every database') || ': ' || one as what,
        case when rolname is null then format('alter database %I reset %s', datname, split_part(one, '=', 1))
          when datname is null then format('alter role %I reset %s', rolname, split_part(one, '=', 1))
          else format('alter role %I in database %I reset %s', rolname, datname, split_part(one, '=', 1)) end as fix
      from pg_db_role_setting s cross join unnest(setconfig) one left join pg_roles r on r.oid = s.setrole left join pg_database d on d.oid = s.setdatabase
      where one ~* '^(row_security=off|session_replication_role=(replica|local)|password_encryption=md5|log_statement=none|session_preload_libraries=.+|ignore_checksum_failure=on|zero_damaged_pages=on)'`,
  },
  {
    id: 'credentials.slow-guessing',
    title: 'the server slows guessing down',
    tier: 'optional',
    domain: 'credentials',
    isSoft: true,
    advice: 'add auth_delay to shared_preload_libraries and set auth_delay.milliseconds',
    needs: SETTINGS,
    sql: `select 'neither auth_delay nor credcheck is preloaded' as what, null as fix where current_setting('shared_preload_libraries') !~ 'auth_delay|credcheck'`,
  },
]
