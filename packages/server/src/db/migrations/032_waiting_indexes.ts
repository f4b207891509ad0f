import { sql } from 'kysely'
import type { SchemaStep } from './migration.ts'

const INDEXES = {
  idx_tasks_waiting: "tasks (owner_id, uploaded_at, task_id) where status = 'pending'",
  idx_tasks_under_way: "tasks (owner_id, lease_until) where status = 'processing'",
} as const

/** A claim looks at what is under way and at the first task of each user who waits, however many wait behind it. */
export const waitingIndexes: SchemaStep = {
  name: '032_waiting_indexes',
  description: 'indexes on tasks that wait or are under way',
  async up(database) {
    for (const [name, on] of Object.entries(INDEXES)) await sql.raw(`create index ${name} on ${on}`).execute(database)
  },
  async down(database) {
    for (const name of Object.keys(INDEXES)) await database.schema.dropIndex(name).execute()
  },
}
