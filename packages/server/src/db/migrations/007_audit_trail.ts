import type { SchemaStep } from './migration.ts'

/** Every line of the audit trail carries the hash of the one before it, so that a change shows. */
export const auditTrail: SchemaStep = {
  name: '007_audit_trail',
  description: 'audit_events: a chain of hashes over every login, admin action, upload, download, deletion and refusal',
  async up(database, types) {
    await database.schema
      .createTable('audit_events')
      .addColumn('sequence', types.serial, (column) => column.primaryKey())
      .addColumn('id', types.id, (column) => column.notNull().unique())
      .addColumn('timestamp', types.time, (column) => column.notNull())
      .addColumn('event_type', types.text(100), (column) => column.notNull())
      .addColumn('severity', types.text(20), (column) => column.notNull())
      .addColumn('outcome', types.text(20), (column) => column.notNull())
      .addColumn('actor_id', types.text(64))
      .addColumn('actor_name', types.text(64))
      .addColumn('subject_id', types.text(64))
      .addColumn('source_ip', types.text(45))
      .addColumn('request_id', types.text(64))
      .addColumn('message', 'text', (column) => column.notNull())
      .addColumn('details', 'text', (column) => column.notNull())
      .addColumn('previous_hash', types.text(64), (column) => column.notNull())
      .addColumn('hash', types.text(64), (column) => column.notNull().unique())
      .execute()
    await database.schema.createIndex('idx_audit_events_timestamp').on('audit_events').column('timestamp').execute()
    await database.schema.createIndex('idx_audit_events_actor_id').on('audit_events').column('actor_id').execute()
  },
  async down(database) {
    await database.schema.dropTable('audit_events').execute()
  },
}
