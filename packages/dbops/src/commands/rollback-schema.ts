import type { Call } from '../command/command.ts'
import { type MigrationOptions, migrateDown, migrateUp, migrationStates } from '../migrations/migrate.ts'
import { readMigrations } from '../migrations/migration-files.ts'
import { type SchemaBefore, versionOf } from './migration-target.ts'

function optionsOf(call: Call, { folder, schema, as }: SchemaBefore): MigrationOptions {
  return { server: call.target(), migrations: readMigrations(folder), schema, as, onProgress: call.progress }
}

/** Says what would go, having tried it and taken it back. */
export async function rehearseSchema(call: Call, before: SchemaBefore): Promise<string[]> {
  const options = optionsOf(call, before)
  if (isAhead(before, versionOf(await migrationStates(options))))
    return [`migrations up to ${before.version} come again`]
  const { migrations, losses } = await migrateDown(options, before.version, { isRehearsal: true })
  return [
    `${migrations.length} migration(s) were taken back and the transaction with them`,
    ...losses.map((loss) => `would lose ${loss}: needs --accept-loss`),
  ]
}

/** Brings the schema to the version that was noted, and returns where it stood. @throws {DbopsError} REFUSED where data would be lost */
export async function schemaBack(call: Call, before: SchemaBefore): Promise<SchemaBefore> {
  const options = optionsOf(call, before)
  const version = versionOf(await migrationStates(options))
  const isLossAccepted = call.options.acceptLoss === true
  if (isAhead(before, version)) await migrateUp(options, before.version)
  else await migrateDown(options, before.version, { isLossAccepted })
  return { ...before, version }
}

/** Whether what was noted is newer than what is there: a rollback is taken back. */
function isAhead({ version: wanted }: SchemaBefore, now: string | null): boolean {
  return wanted !== null && (now === null || BigInt(wanted) > BigInt(now))
}
