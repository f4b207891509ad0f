import type { ServerClient } from './server-client.ts'

/** Services that keep the superuser and the files of the server for themselves. */
export const managedServices = ['rds', 'cloud-sql', 'azure'] as const
export type ManagedService = (typeof managedServices)[number]

/** Roles that only these services make. */
const marks: Readonly<Record<ManagedService, string>> = {
  rds: 'rds_superuser',
  'cloud-sql': 'cloudsqlsuperuser',
  azure: 'azure_pg_admin',
}

/** The service whose server this is, told by the role it gives its administrators; null for a server of one's own. */
export async function detectManagedService(client: ServerClient): Promise<ManagedService | null> {
  const { rows } = await client.query<{ name: string }>(
    'select rolname as name from pg_roles where rolname = any($1)',
    [Object.values(marks)],
  )
  const names = rows.map(({ name }) => name)
  return managedServices.find((service) => names.includes(marks[service])) ?? null
}
