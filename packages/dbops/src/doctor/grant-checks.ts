import { type CatalogCheck, NO_EXTENSION, USER_SCHEMA } from './catalog-check.ts'

/** Who was given what. */
export const grantChecks: readonly CatalogCheck[] = [
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
    id: 'grants.defaults-public',
    title: 'new objects are not open to everybody',
    tier: 'critical',
    domain: 'grants',
    sql: `select format('what %s makes is open to PUBLIC%s', pg_get_userbyid(defaclrole), coalesce(' in ' || nspname, '')) as what,
        format('alter default privileges for role %I%s revoke all on %s from public', pg_get_userbyid(defaclrole), coalesce(' in schema ' || quote_ident(nspname), ''),
          case defaclobjtype when 'r' then 'tables' else 'sequences' end) as fix
      from pg_default_acl left join pg_namespace n on n.oid = defaclnamespace
      where defaclobjtype in ('r', 'S') and exists (select from aclexplode(defaclacl) a where a.grantee = 0)`,
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
    id: 'grants.app-ddl',
    title: 'the application makes no objects',
    tier: 'recommended',
    domain: 'grants',
    sql: `select $1::name || ' may create in schema ' || nspname as what, format('revoke create on schema %I from %I', nspname, pg_get_userbyid(a.grantee)) as fix
      from pg_namespace n, aclexplode(nspacl) a where ${USER_SCHEMA} and a.privilege_type = 'CREATE' and a.grantee not in (0, nspowner)
        and pg_has_role($1::name, a.grantee, 'usage') and not (select rolsuper from pg_roles where rolname = $1)`,
  },
  {
    id: 'grants.app-excess',
    title: 'the application has only the rights that it uses',
    tier: 'recommended',
    domain: 'grants',
    references: ['CIS 4.5'],
    sql: `select format('%s has %s on %s', $1::name, string_agg(lower(a.privilege_type), ', '), c.oid::regclass) as what,
        format('revoke truncate, references, trigger on %s from %I', c.oid::regclass, pg_get_userbyid(a.grantee)) as fix
      from pg_class c join pg_namespace n on n.oid = relnamespace, aclexplode(relacl) a
      where ${USER_SCHEMA} and a.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER') and a.grantee not in (0, relowner)
        and pg_has_role($1::name, a.grantee, 'usage') and not (select rolsuper from pg_roles where rolname = $1) group by c.oid, a.grantee`,
  },
  {
    id: 'grants.server-files',
    title: 'nobody was given files of the server',
    tier: 'critical',
    domain: 'grants',
    sql: `select format('%s may run %s', case when a.grantee = 0 then 'PUBLIC' else pg_get_userbyid(a.grantee) end, p.oid::regprocedure) as what,
        format('revoke execute on function %s from %s', p.oid::regprocedure, case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end) as fix
      from pg_proc p, aclexplode(proacl) a where pronamespace = 'pg_catalog'::regnamespace and a.grantee <> proowner
        and proname in ('pg_read_file', 'pg_read_binary_file', 'pg_ls_dir', 'pg_stat_file', 'lo_import', 'lo_export')`,
  },
  {
    id: 'grants.verifiers',
    title: 'nobody else reads stored passwords',
    tier: 'critical',
    domain: 'grants',
    sql: `select format('%s may read %s', case when a.grantee = 0 then 'PUBLIC' else pg_get_userbyid(a.grantee) end, c.oid::regclass) as what,
        format('revoke all on %s from %s', c.oid::regclass, case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end) as fix
      from pg_class c, aclexplode(relacl) a where c.oid in ('pg_authid'::regclass, 'pg_shadow'::regclass, 'pg_user_mapping'::regclass) and a.grantee <> relowner`,
  },
  {
    id: 'grants.foreign-servers',
    title: 'not everybody reaches other servers',
    tier: 'recommended',
    domain: 'grants',
    sql: `select 'PUBLIC may use server ' || srvname as what, format('revoke usage on foreign server %I from public', srvname) as fix
      from pg_foreign_server, aclexplode(srvacl) a where a.grantee = 0`,
  },
]
