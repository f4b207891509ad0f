import { type CatalogCheck, NO_EXTENSION, USER_SCHEMA } from './catalog-check.ts'

/** Policies of rows, and what slips by them. */
export const rowSecurityChecks: readonly CatalogCheck[] = [
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
    id: 'rls.everybody',
    title: 'no policy lets everybody see everything',
    tier: 'critical',
    domain: 'rls',
    advice: 'make the policy name whose rows it shows: dbops rls plan',
    sql: `select format('policy %s of %s', polname, polrelid::regclass) as what, null as fix
      from pg_policy where polpermissive and polroles = '{0}' and pg_get_expr(polqual, polrelid) = 'true'`,
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
]
