import { rowSecuritySql, type TenantTable, undoRowSecuritySql } from '@pcap-analyzer/dbops'
import { sql } from 'kysely'
import type { SchemaStep } from './migration.ts'

/** Tables whose rows only their owner and administrators may see. */
export const tenantTables: readonly TenantTable[] = [{ schema: 'public', table: 'tasks', ownerColumn: 'owner_id' }]

/** Progress belongs to whoever may see its task. */
const PROGRESS_POLICY = [
  'alter table progress_snapshots enable row level security',
  'alter table progress_snapshots force row level security',
  'drop policy if exists tenant_isolation on progress_snapshots',
  'create policy tenant_isolation on progress_snapshots using (exists (select from tasks where tasks.task_id = progress_snapshots.task_id))',
] as const
const NO_PROGRESS_POLICY = [
  'drop policy if exists tenant_isolation on progress_snapshots',
  'alter table progress_snapshots no force row level security',
  'alter table progress_snapshots disable row level security',
] as const

/** Row-level security on PostgreSQL; SQLite has none, there the stores' statements are all there is. */
export const rowSecurity: SchemaStep = {
  name: '008_row_security',
  description: 'row-level security on tasks and progress_snapshots (PostgreSQL)',
  async up(database, types) {
    if (types.dialect !== 'postgres') return
    for (const text of [...tenantTables.flatMap(rowSecuritySql), ...PROGRESS_POLICY])
      await sql.raw(text).execute(database)
  },
  async down(database, types) {
    if (types.dialect !== 'postgres') return
    for (const text of [...NO_PROGRESS_POLICY, ...tenantTables.flatMap(undoRowSecuritySql)])
      await sql.raw(text).execute(database)
  },
}
