import { tenantSettingsSql } from '@pcap-analyzer/dbops'
import { CompiledQuery, type Transaction } from 'kysely'
import type { OpenDatabase } from './open-database.ts'
import type { Database } from './schema.ts'

/** Who asks. A store of tenants' rows cannot be had without one. */
export interface Tenant {
  readonly userId: string
  readonly role: 'admin' | 'user'
}

/** The service itself, for what no user asks for: workers, retention, the reconciler. */
export const SERVICE: Tenant = { userId: '00000000-0000-0000-0000-000000000000', role: 'admin' }

/**
 * Runs `work` in a transaction that is bound to the tenant: on PostgreSQL row-level security lets it see and write only rows of that
 * user, whatever the statement says; stores say it in their statements too, which is all that SQLite has.
 */
export async function asTenant<Result>(
  database: OpenDatabase,
  tenant: Tenant,
  work: (transaction: Transaction<Database>) => Promise<Result>,
): Promise<Result> {
  return database.query.transaction().execute(async (transaction) => {
    if (database.dialect === 'postgres') {
      const { text, values } = tenantSettingsSql(tenant)
      await transaction.executeQuery(CompiledQuery.raw(text, values))
    }
    return work(transaction)
  })
}
