import { sql } from 'kysely'
import type { SchemaStep } from './migration.ts'

/** Leases of workers, expiry that is kept, and what of a capture is stored. */
export const taskLifecycle: SchemaStep = {
  name: '006_task_lifecycle',
  description: 'leases, attempts, cancelling, expiry, hash and key of the stored capture',
  async up(database, types) {
    const columns = {
      file_sha256: types.text(64),
      capture_key: types.text(500),
      error_code: types.text(50),
      expires_at: types.time,
      attempts: sql`integer not null default 0`,
      lease_owner: types.text(100),
      lease_until: types.time,
      cancel_requested: sql`boolean not null default false`,
    }
    for (const [name, type] of Object.entries(columns))
      await sql`alter table tasks add column ${sql.ref(name)} ${type}`.execute(database)
    await database.schema
      .createIndex('idx_tasks_owner_sha256')
      .on('tasks')
      .columns(['owner_id', 'file_sha256'])
      .execute()
  },
  async down(database) {
    await database.schema.dropIndex('idx_tasks_owner_sha256').execute()
    for (const name of [
      'cancel_requested',
      'lease_until',
      'lease_owner',
      'attempts',
      'expires_at',
      'error_code',
      'capture_key',
      'file_sha256',
    ])
      await database.schema.alterTable('tasks').dropColumn(name).execute()
  },
}
