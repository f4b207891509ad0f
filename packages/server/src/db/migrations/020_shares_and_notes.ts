import { sql } from 'kysely'
import type { SchemaStep } from './migration.ts'

const ME = "(select nullif(current_setting('app.current_user_id', true), ''))"
const IS_ADMIN = "(select current_setting('app.current_user_role', true)) = 'admin'"
const OWNER_WRITES = `owner_id::text = ${ME} or ${IS_ADMIN}`

/** A share is seen by both sides and written by the owner; notes belong to whoever may see their task. */
const POLICIES = [
  'alter table report_shares enable row level security',
  'alter table report_shares force row level security',
  `create policy tenant_isolation on report_shares using (recipient_id::text = ${ME} or ${OWNER_WRITES}) with check (${OWNER_WRITES})`,
  'alter table finding_notes enable row level security',
  'alter table finding_notes force row level security',
  'create policy tenant_isolation on finding_notes using (exists (select from tasks where tasks.task_id = finding_notes.task_id))',
] as const

/** Reports that are shown to another user, and what people write beside findings. */
export const sharesAndNotes: SchemaStep = {
  name: '020_shares_and_notes',
  description:
    'report_shares: who else may see a report, and how much of it; finding_notes: notes and tags on findings',
  async up(database, types) {
    await database.schema
      .createTable('report_shares')
      .addColumn('id', types.id, (column) => column.primaryKey().notNull())
      .addColumn('task_id', types.id, (column) => column.notNull().references('tasks.task_id').onDelete('cascade'))
      .addColumn('owner_id', types.id, (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('recipient_id', types.id, (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('level', types.text(20), (column) => column.notNull())
      .addColumn('created_at', types.time, (column) => column.notNull())
      .addColumn('expires_at', types.time)
      .addUniqueConstraint('report_shares_once', ['task_id', 'recipient_id'])
      .addCheckConstraint('report_shares_level', sql`level in ('summary', 'metadata', 'payload', 'raw')`)
      .execute()
    await database.schema
      .createIndex('idx_report_shares_recipient_id')
      .on('report_shares')
      .column('recipient_id')
      .execute()
    await database.schema
      .createTable('finding_notes')
      .addColumn('task_id', types.id, (column) => column.notNull().references('tasks.task_id').onDelete('cascade'))
      .addColumn('finding_key', types.text(200), (column) => column.notNull())
      .addColumn('note', 'text', (column) => column.notNull())
      .addColumn('tags', 'text', (column) => column.notNull())
      .addColumn('author_id', types.id, (column) => column.references('users.id').onDelete('set null'))
      .addColumn('updated_at', types.time, (column) => column.notNull())
      .addPrimaryKeyConstraint('finding_notes_key', ['task_id', 'finding_key'])
      .execute()
    if (types.dialect === 'postgres') for (const text of POLICIES) await sql.raw(text).execute(database)
  },
  async down(database) {
    await database.schema.dropTable('finding_notes').execute()
    await database.schema.dropTable('report_shares').execute()
  },
}
