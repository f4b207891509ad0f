import { quoteText } from '@pcap-analyzer/dbops'
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
  if (database.dialect === 'sqlite') return database.query.transaction().execute(work)
  return database.query.connection().execute(async (session) => {
    const run = (text: string) => session.executeQuery(CompiledQuery.raw(text))
    // in one message: most transactions are one statement long, and waiting for the server is most of their cost
    await run(`begin; ${bindingOf(tenant)}`)
    try {
      const result = await work(session as unknown as Transaction<Database>)
      await run('commit')
      return result
    } catch (error) {
      await run('rollback').catch(() => undefined) // the session is gone, and with it the transaction
      throw error
    }
  })
}

/** What binds the transaction to a tenant until its end. */
function bindingOf({ userId, role }: Tenant): string {
  return `select set_config('app.current_user_id', ${quoteText(userId)}, true), set_config('app.current_user_role', ${quoteText(role)}, true)`
}
