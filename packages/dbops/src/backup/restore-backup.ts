import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { quoteName, quoteText } from '../quote.ts'
import type { DatabaseFacts } from './database-facts.ts'
import { giveOwner, requireOwner } from './give-owner.ts'
import { type BackupKeys, openManifest } from './keys.ts'
import { loadDump } from './load-dump.ts'
import { loadSelected, type RestoreSelection } from './load-selected.ts'
import { type BackupManifest, readManifest } from './manifest.ts'
import { type MissingRoles, makeRoles, unmakeRoles } from './missing-roles.ts'
import { checkStored } from './payload-read.ts'
import { requireRestorable, toolVersion } from './preflight.ts'
import { createScratch, dropScratch, scratchName } from './scratch-database.ts'
import type { ProvableTable } from './table-proof.ts'
import { differencesFromManifest } from './verify-backup.ts'

export interface RestoreOptions extends BackupKeys {
  /** Folder of the one backup. */
  readonly folder: string
  /** A session that may create databases, in any database but the restored one. */
  readonly server: ConnectionParameters
  /** Name of the new database; must not exist. */
  readonly database: string
  readonly binaries?: string | undefined
  /** Programs that restore at once; 1. */
  readonly jobs?: number
  /** Only a part; null for everything. */
  readonly selection?: RestoreSelection | null
  /** Role that everything restored belongs to; null for the owners of then. */
  readonly owner?: string | null
  /** Roles of the backup that are made first, and unmade when the restore fails. */
  readonly roles?: MissingRoles | null
  readonly onProgress?: (line: string) => void
}

/**
 * Restores into a new database beside the others, compares it with the manifest and gives it the properties of the old one. Whatever
 * fails or is killed on the way leaves at most a database under a name of ours; the wanted name is given when everything was compared.
 * @throws {DbopsError} REFUSED, or USAGE or PERMISSION_DENIED for the owner, before anything is created; INTEGRITY when the result is not the backup
 */
export async function restoreBackup(options: RestoreOptions): Promise<void> {
  const {
    folder,
    server,
    database,
    binaries,
    jobs = 1,
    selection = null,
    owner = null,
    roles = null,
    onProgress = () => {},
  } = options
  const manifest = readManifest(folder)
  const dataKey = openManifest(manifest, options)
  const { database: facts } = manifest
  if (facts === null) throw new DbopsError('INTEGRITY', `${manifest.id} holds no dump of a database`)
  onProgress('checking the stored bytes')
  for (const one of manifest.files) await checkStored(folder, one)
  await withServer(server, async (client) => {
    await requireFit(client, facts, { database, made: roles?.names ?? [] }, toolVersion('pg_restore', binaries).major)
    if (owner !== null && roles?.names.includes(owner) !== true) await requireOwner(client, owner)
  })
  onProgress(`restoring into ${database}`)
  const scratch = scratchName('restore')
  const restored = { ...server, database: scratch, applicationName: 'dbops restore' }
  try {
    if (roles !== null) await withServer(server, (client) => makeRoles(client, roles))
    await createScratch(server, scratch, facts)
    const load = { folder, manifest, dataKey, database: restored, jobs, binaries }
    if (selection === null) await loadDump(load)
    else await loadSelected(load, selection)
    onProgress('comparing every row, grant and policy')
    const problems = await withServer(restored, (client) => differencesOfPart(client, manifest, selection))
    if (problems.length > 0)
      throw new DbopsError('INTEGRITY', `the restored database differs: ${problems.slice(0, 5).join('; ')}`)
    // only now, because the comparison knows the owners of then
    if (owner !== null) await giveOwner(restored, owner)
    await withServer(server, (client) => finish(client, { scratch, database, facts, owner: owner ?? facts.owner }))
  } catch (error) {
    await dropScratch(server, scratch)
    if (roles !== null) await withServer(server, (client) => unmakeRoles(client, roles))
    throw error
  }
}

/** Of a part, its rows are compared; what the schema of a part should be nobody wrote down. */
async function differencesOfPart(
  client: ServerClient,
  manifest: BackupManifest,
  selection: RestoreSelection | null,
): Promise<string[]> {
  if (selection === null) return await differencesFromManifest(client, manifest)
  const { schemas, tables } = selection
  const names = tables.map(({ schema, table }) => `${schema}.${table}`)
  const part = { ...manifest, selection: { schemas, tables: names, excluded: [] } }
  const isWanted = ({ schema, table }: ProvableTable): boolean =>
    schemas.includes(schema) || tables.some((one) => one.schema === schema && one.table === table)
  return await differencesFromManifest(client, part, isWanted)
}

async function requireFit(
  client: ServerClient,
  facts: DatabaseFacts,
  { database, made }: { readonly database: string; readonly made: readonly string[] },
  toolMajor: number,
): Promise<void> {
  const { rows } = await client.query<{ version: number; exists: boolean; missing: string[]; extensions: string[] }>(
    `select current_setting('server_version_num')::int as version,
      exists (select from pg_database where datname = $1) as exists,
      array(select r from unnest($2::text[]) r where to_regrole(quote_ident(r)) is null) as missing,
      array(select e from unnest($3::text[]) e where not exists (select from pg_available_extensions where name = e)) as extensions`,
    [database, facts.roles.filter((role) => !made.includes(role)), facts.extensions.map(({ name }) => name)],
  )
  const [{ version, exists, missing, extensions }] = rows
  requireRestorable(toolMajor, facts.serverVersion, version)
  if (exists)
    throw new DbopsError('REFUSED', `database ${database} exists: a restore never writes into a database that is there`)
  if (missing.length > 0)
    throw new DbopsError('REFUSED', `roles of the backup do not exist on this server: ${missing.join(', ')}`, {
      hint: '--with-roles makes them; dbops backup extract --what globals gives the SQL',
    })
  if (extensions.length > 0)
    throw new DbopsError(
      'REFUSED',
      `extensions of the backup are not installed on this server: ${extensions.join(', ')}`,
    )
}

/** Gives what lies outside of the dump (owner, grants on the database, settings, connection limit), and at last the name, all at once. */
async function finish(
  client: ServerClient,
  { scratch, database, facts, owner }: { scratch: string; database: string; facts: DatabaseFacts; owner: string },
): Promise<void> {
  const name = quoteName(scratch)
  await client.query('begin')
  await client.query(`alter database ${name} owner to ${quoteName(owner)}`)
  await client.query(`alter database ${name} connection limit ${facts.connectionLimit}`)
  await client.query(`revoke all on database ${name} from public, ${quoteName(owner)}`)
  for (const { grantee, privilege, isGrantable } of facts.grants) {
    const to = grantee === 'public' ? 'public' : quoteName(grantee === facts.owner ? owner : grantee)
    await client.query(`grant ${privilege} on database ${name} to ${to}${isGrantable ? ' with grant option' : ''}`)
  }
  for (const { role, name: setting, value } of facts.settings) {
    const subject = role === null ? `alter database ${name}` : `alter role ${quoteName(role)} in database ${name}`
    await client.query(`${subject} set ${quoteName(setting)} to ${settingValue(setting, value)}`)
  }
  await client.query(`alter database ${name} rename to ${quoteName(database)}`)
  await client.query('commit')
}

/** Lists keep their items apart; everything else is one string. */
function settingValue(setting: string, value: string): string {
  return setting === 'search_path' || setting.endsWith('_libraries') ? value : quoteText(value)
}
