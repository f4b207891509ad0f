import type { SchemaStep } from './migration.ts'

const NAMES = [
  'idx_users_username',
  'idx_users_email',
  'idx_tasks_owner_id',
  'idx_tasks_status',
  'idx_tasks_uploaded_at',
] as const

/** Indexes of version 5.0; the first two make names and addresses unique. */
export const addIndexes: SchemaStep = {
  name: '004_add_indexes',
  description: 'indexes on users and tasks (5.0)',
  async up(database) {
    const { schema } = database
    await schema.createIndex('idx_users_username').on('users').column('username').unique().execute()
    await schema.createIndex('idx_users_email').on('users').column('email').unique().execute()
    await schema.createIndex('idx_tasks_owner_id').on('tasks').columns(['owner_id', 'uploaded_at desc']).execute()
    await schema.createIndex('idx_tasks_status').on('tasks').column('status').execute()
    await schema.createIndex('idx_tasks_uploaded_at').on('tasks').column('uploaded_at desc').execute()
  },
  async down(database) {
    for (const name of NAMES) await database.schema.dropIndex(name).execute()
  },
}
