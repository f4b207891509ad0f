import { sql } from 'kysely'
import type { SchemaStep } from './migration.ts'

export const addPasswordMustChange: SchemaStep = {
  name: '003_add_password_must_change',
  description: 'users.password_must_change: temporary passwords (4.25)',
  async up(database) {
    await database.schema
      .alterTable('users')
      .addColumn('password_must_change', 'boolean', (column) => column.notNull().defaultTo(sql`false`))
      .execute()
  },
  async down(database) {
    await database.schema.alterTable('users').dropColumn('password_must_change').execute()
  },
}
