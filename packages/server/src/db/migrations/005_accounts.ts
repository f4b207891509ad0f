import { type ColumnDefinitionBuilder, type CreateTableBuilder, type Kysely, sql } from 'kysely'
import type { ColumnTypes } from '../column-types.ts'
import type { SchemaStep } from './migration.ts'

const TABLES = [
  'login_attempts',
  'api_keys',
  'sessions',
  'backup_codes',
  'password_reset_tokens',
  'password_history',
] as const
const USER_COLUMNS = [
  'password_changed_at',
  'is_2fa_enabled',
  'totp_secret',
  'totp_last_step',
  'language',
  'time_zone',
  'quota_bytes',
  'quota_tasks',
] as const

/** Second factor, sessions that can be revoked, resets, earlier passwords, API keys, login throttling shared by instances. */
export const accounts: SchemaStep = {
  name: '005_accounts',
  description: 'second factor, sessions, password resets and history, API keys, login throttling, quotas',
  async up(database, types) {
    await addUserColumns(database, types)
    await ownTable(database, types, 'password_history', (table) =>
      table.addColumn('hashed_password', types.text(255), notNull).addColumn('created_at', types.time, notNull),
    )
    await ownTable(database, types, 'password_reset_tokens', (table) =>
      table
        .addColumn('token_hash', types.text(64), (column) => column.notNull().unique())
        .addColumn('created_at', types.time, notNull)
        .addColumn('expires_at', types.time, notNull)
        .addColumn('used_at', types.time)
        .addColumn('ip_address', types.text(45))
        .addColumn('user_agent', 'text')
        .addCheckConstraint('token_expiry_check', sql`expires_at > created_at`),
    )
    await ownTable(database, types, 'backup_codes', (table) =>
      table.addColumn('code_hash', types.text(255), notNull).addColumn('used_at', types.time),
    )
    await ownTable(database, types, 'sessions', (table) =>
      table
        .addColumn('created_at', types.time, notNull)
        .addColumn('expires_at', types.time, notNull)
        .addColumn('last_seen_at', types.time, notNull)
        .addColumn('revoked_at', types.time)
        .addColumn('ip_address', types.text(45))
        .addColumn('user_agent', 'text'),
    )
    await ownTable(database, types, 'api_keys', (table) =>
      table
        .addColumn('name', types.text(100), notNull)
        .addColumn('prefix', types.text(16), notNull)
        .addColumn('key_hash', types.text(64), (column) => column.notNull().unique())
        .addColumn('scopes', 'text', notNull)
        .addColumn('created_at', types.time, notNull)
        .addColumn('expires_at', types.time)
        .addColumn('last_used_at', types.time)
        .addColumn('revoked_at', types.time),
    )
    await database.schema
      .createTable('login_attempts')
      .addColumn('subject', types.text(320), (column) => column.primaryKey().notNull())
      .addColumn('failures', 'integer', notNull)
      .addColumn('locked_until', types.time)
      .addColumn('updated_at', types.time, notNull)
      .execute()
  },
  async down(database) {
    for (const table of TABLES) await database.schema.dropTable(table).execute()
    for (const column of USER_COLUMNS) await database.schema.alterTable('users').dropColumn(column).execute()
  },
}

const notNull = (column: ColumnDefinitionBuilder) => column.notNull()

async function addUserColumns(database: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const add = (name: string, type: ReturnType<ColumnTypes['text']>, suffix = sql``) =>
    sql`alter table users add column ${sql.ref(name)} ${type}${suffix}`.execute(database)
  await add('password_changed_at', types.time)
  await add('is_2fa_enabled', sql`boolean`, sql` not null default false`)
  await add('totp_secret', sql`text`)
  await add('totp_last_step', types.long)
  await add('language', types.text(5), sql` not null default 'en'`)
  await add('time_zone', types.text(64), sql` not null default 'UTC'`)
  await add('quota_bytes', types.long)
  await add('quota_tasks', sql`integer`)
}

type TableBuilder = CreateTableBuilder<string, string>

/** A table whose rows belong to a user and go with it, with an index on that. */
async function ownTable(
  database: Kysely<unknown>,
  types: ColumnTypes,
  name: string,
  columns: (table: TableBuilder) => TableBuilder,
): Promise<void> {
  const table = database.schema
    .createTable(name)
    .addColumn('id', types.id, (column) => column.primaryKey().notNull())
    .addColumn('user_id', types.id, (column) => column.notNull().references('users.id').onDelete('cascade'))
  await columns(table as unknown as TableBuilder).execute()
  await database.schema.createIndex(`idx_${name}_user_id`).on(name).column('user_id').execute()
}
