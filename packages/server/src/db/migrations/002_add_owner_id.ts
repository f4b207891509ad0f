import { sql } from 'kysely'
import type { SchemaStep } from './migration.ts'

/** Every task belongs to somebody; rows from before belong to nobody and only administrators see them. */
export const addOwnerId: SchemaStep = {
  name: '002_add_owner_id',
  description: 'tasks.owner_id: tenants (4.24)',
  async up(database, types) {
    const reference = types.dialect === 'postgres' ? sql` constraint fk_tasks_owner_id` : sql``
    await sql`alter table tasks add column owner_id ${types.id}${reference} references users (id) on delete cascade`.execute(
      database,
    )
  },
  async down(database) {
    await database.schema.alterTable('tasks').dropColumn('owner_id').execute()
  },
}
