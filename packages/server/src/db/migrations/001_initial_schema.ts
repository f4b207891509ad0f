import { sql } from 'kysely'
import type { SchemaStep } from './migration.ts'

/** Users, tasks and their progress, as of version 4.23. */
export const initialSchema: SchemaStep = {
  name: '001_initial_schema',
  description: 'users, tasks, progress_snapshots (4.23)',
  async up(database, types) {
    await database.schema
      .createTable('users')
      .addColumn('id', types.id, (column) => column.primaryKey().notNull())
      .addColumn('username', types.text(50), (column) => column.notNull())
      .addColumn('email', types.text(255), (column) => column.notNull())
      .addColumn('hashed_password', types.text(255), (column) => column.notNull())
      .addColumn('role', types.text(20), (column) =>
        column.notNull().defaultTo('user').check(sql`role in ('admin', 'user')`),
      )
      .addColumn('is_active', 'boolean', (column) => column.notNull().defaultTo(sql`true`))
      .addColumn('is_approved', 'boolean', (column) => column.notNull().defaultTo(sql`false`))
      .addColumn('approved_by', types.id, (column) => column.references('users.id').onDelete('set null'))
      .addColumn('approved_at', types.time)
      .addColumn('created_at', types.time, (column) => column.notNull().defaultTo(types.now))
      .addColumn('last_login', types.time)
      .execute()
    await database.schema
      .createTable('tasks')
      .addColumn('task_id', types.id, (column) => column.primaryKey().notNull())
      .addColumn('filename', types.text(255), (column) => column.notNull())
      .addColumn('status', types.text(20), (column) => column.notNull())
      .addColumn('uploaded_at', types.time, (column) => column.notNull())
      .addColumn('analyzed_at', types.time)
      .addColumn('file_size_bytes', types.long, (column) => column.notNull().defaultTo(0))
      .addColumn('total_packets', types.long)
      .addColumn('health_score', 'double precision')
      .addColumn('report_html_path', types.text(500))
      .addColumn('report_json_path', types.text(500))
      .addColumn('error_message', 'text')
      .addColumn('created_at', types.time, (column) => column.notNull().defaultTo(types.now))
      .addColumn('last_heartbeat', types.time)
      .addColumn('progress_percent', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('current_phase', types.text(50))
      .execute()
    await database.schema
      .createTable('progress_snapshots')
      .addColumn('id', types.serial, (column) => column.primaryKey())
      .addColumn('task_id', types.id, (column) => column.notNull().references('tasks.task_id').onDelete('cascade'))
      .addColumn('phase', types.text(50), (column) => column.notNull())
      .addColumn('progress_percent', 'integer', (column) => column.notNull())
      .addColumn('packets_processed', types.long)
      .addColumn('total_packets', types.long)
      .addColumn('current_analyzer', types.text(100))
      .addColumn('message', 'text')
      .addColumn('timestamp', types.time, (column) => column.notNull().defaultTo(types.now))
      .execute()
    await database.schema
      .createIndex('idx_progress_task_id')
      .on('progress_snapshots')
      .columns(['task_id', 'id'])
      .execute()
  },
  async down(database) {
    for (const table of ['progress_snapshots', 'tasks', 'users']) await database.schema.dropTable(table).execute()
  },
}
