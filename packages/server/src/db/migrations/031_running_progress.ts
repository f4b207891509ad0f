import { sql } from 'kysely'
import type { SchemaStep } from './migration.ts'

/** What is known of an analysis while it runs. */
export const runningProgress: SchemaStep = {
  name: '031_running_progress',
  description: 'packets read so far and what is being done, in the row of a task',
  async up(database, types) {
    await sql`alter table tasks add column packets_processed ${types.long}`.execute(database)
    await sql`alter table tasks add column current_analyzer ${types.text(100)}`.execute(database)
  },
  async down(database) {
    for (const name of ['current_analyzer', 'packets_processed'])
      await database.schema.alterTable('tasks').dropColumn(name).execute()
  },
}
