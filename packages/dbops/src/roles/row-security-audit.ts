import type { Check } from '../command/outcome.ts'
import type { ServerClient } from '../connection/server-client.ts'

export interface RowSecurityAuditOptions {
  readonly schemas: readonly string[]
  /** A table with one of these columns belongs to tenants. */
  readonly tenantColumns: readonly string[]
}

interface Found {
  readonly id: string
  readonly object: string
  readonly detail: string
  readonly remediation: string
}

/** Everything that lets rows of a tenant out: tables without policy or FORCE, logins that bypass, views and functions of the owner. */
export async function auditRowSecurity(
  client: ServerClient,
  { schemas, tenantColumns }: RowSecurityAuditOptions,
): Promise<Check[]> {
  const { rows } = await client.query<Found>(
    `with relation as (select c.*, n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = relnamespace
      where nspname = any($1)),
    tenant as (select * from relation where relkind in ('r', 'p') and exists (
      select from pg_attribute where attrelid = relation.oid and attname = any($2) and not attisdropped))
    select 'rls.no-policy' as id, name as object, 'has a tenant column and no policy' as detail, 'dbops rls plan' as remediation from tenant
      where not relrowsecurity or not exists (select from pg_policy where polrelid = tenant.oid)
    union all select 'rls.not-forced', name, 'its owner sees every row', 'alter table ' || name || ' force row level security' from tenant
      where relrowsecurity and not relforcerowsecurity
    union all select 'rls.bypass' || case when pg_has_role(r.oid, 'pg_read_all_data', 'member') and not rolsuper then '-backup' else '' end, 'role ' || rolname,
      case when rolsuper then 'superuser' else 'BYPASSRLS' end || ' that may log in', 'use an ordinary role for applications'
      from pg_roles r where rolcanlogin and (rolbypassrls or rolsuper) and rolname <> current_user
    union all select 'rls.view', name, 'reads with the rights of its owner', 'alter view ' || name || ' set (security_invoker = true)' from relation
      where relkind = 'v' and not coalesce(reloptions && array['security_invoker=true', 'security_invoker=on'], false)
        and exists (select from pg_depend d join pg_rewrite w on w.oid = d.objid join tenant t on t.oid = d.refobjid where w.ev_class = relation.oid)
    union all select 'rls.definer', n.nspname || '.' || proname, 'SECURITY DEFINER without a pinned search_path',
      'alter function ' || p.oid::regprocedure || ' set search_path = pg_catalog, ' || n.nspname || ', pg_temp'
      from pg_proc p join pg_namespace n on n.oid = pronamespace where nspname = any($1) and prosecdef
        and not coalesce(array_to_string(proconfig, ',') like '%search_path=%', false)
    order by 1, 2`,
    [schemas, tenantColumns],
  )
  return rows.map(({ id, object, detail, remediation }) => ({
    id,
    title: 'rows of tenants stay apart',
    // a login of backups has to read everything
    verdict: id === 'rls.bypass-backup' ? 'warn' : 'fail',
    tier: 'critical',
    evidence: `${object}: ${detail}`,
    remediation,
  }))
}
