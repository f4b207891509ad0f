import type { ServerClient } from './server-client.ts'

/** Services that keep the superuser and the files of the server for themselves. */
export const managedServices = ['rds', 'aurora', 'cloud-sql', 'azure'] as const
export type ManagedService = (typeof managedServices)[number]

/** Roles that only these services make. */
const marks: Readonly<Record<string, ManagedService>> = {
  rds_superuser: 'rds',
  cloudsqlsuperuser: 'cloud-sql',
  azure_pg_admin: 'azure',
}

/** The service whose server this is, told by the role it gives its administrators; null for a server of one's own. */
export async function detectManagedService(client: ServerClient): Promise<ManagedService | null> {
  const { rows } = await client.query<{ name: string; isAurora: boolean }>(
    `select rolname as name, exists (select from pg_proc where proname = 'aurora_version') as "isAurora"
      from pg_roles where rolname = any($1) order by 1`,
    [Object.keys(marks)],
  )
  if (rows.length === 0) return null
  return rows[0].isAurora ? 'aurora' : marks[rows[0].name]
}
