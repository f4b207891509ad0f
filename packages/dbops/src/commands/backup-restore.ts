import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { patternOf } from '../backup/dump-parts.ts'
import type { RestoreSelection } from '../backup/load-selected.ts'
import { type BackupManifest, readManifest } from '../backup/manifest.ts'
import { type MissingRoles, missingRoles, planRoles } from '../backup/missing-roles.ts'
import { restoreBackup } from '../backup/restore-backup.ts'
import { dropScratch, listScratch } from '../backup/scratch-database.ts'
import { keptName, type SwapPayload, swapDatabases } from '../backup/swap-database.ts'
import { type Call, type CommandDefinition, listOption, textOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import type { Outcome } from '../command/outcome.ts'
import { journalFolder } from '../command/state-folder.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { qualifiedName } from '../quote.ts'
import { withFileLock } from '../state/file-lock.ts'
import { Journal } from '../state/journal.ts'
import { backupKeys, identityOption, jobsOf, jobsOption } from './backup-keys.ts'
import { fromOption, isStore, listPlace, placeOptions, withBackups } from './backup-place.ts'

export const backupRestore: CommandDefinition = {
  name: 'backup restore',
  summary:
    'Restores beside the live database, compares every row, and with --swap gives the result the live name; undo is instant.',
  options: [
    fromOption,
    { flags: '--into <database>', description: 'name of the new database (default: a name of its own)' },
    { flags: '--swap <database>', description: 'rename the result to this name, keeping the one that has it now' },
    { flags: '--schema <name>', description: 'only this schema; may be given several times', isRepeatable: true },
    {
      flags: '--table <schema.table>',
      description: 'only the rows of this table, with what its schema needs; may be given several times',
      isRepeatable: true,
    },
    {
      flags: '--with-roles',
      description: 'make the roles of the backup that this server lacks, from its globals, without passwords',
    },
    { flags: '--with-passwords', description: 'with --with-roles: with the verifiers that the backup holds' },
    { flags: '--owner <role>', description: 'role that everything restored belongs to (default: the owners of then)' },
    jobsOption,
    identityOption,
    ...placeOptions,
  ],
  changes: 'server',
  example:
    'dbops backup restore --from /var/backups/app --identity backup.key --url postgresql://postgres@localhost/postgres --swap app --apply',
  async run(call) {
    const place = requiredOption(call, 'from', '--from')
    if (call.isApplied || !isStore(place))
      return await withBackups(call, place, ([folder]) => restore(call, readManifest(folder), folder))
    const newest = (await listPlace(call, place)).find(({ manifest }) => manifest?.database != null)
    if (newest?.manifest == null) throw new DbopsError('INTEGRITY', `${place} holds no backup of a database`)
    return await restore(call, newest.manifest, newest.folder)
  },
}

/** @throws {DbopsError} USAGE for a table without its schema */
function selectionOf(call: Call, manifest: BackupManifest): RestoreSelection | null {
  const schemas = listOption(call, 'schema')
  const tables = listOption(call, 'table').map((name) => tableOf(name, manifest))
  return schemas.length + tables.length === 0 ? null : { schemas, tables }
}

/** Without quotes, a dot may belong to either name: what the backup holds decides. @throws {DbopsError} USAGE */
function tableOf(name: string, { tables }: BackupManifest): { readonly schema: string; readonly table: string } {
  const named = tables.filter(({ schema, table }) => `${schema}.${table}` === name)
  if (named.length > 1)
    throw new DbopsError('USAGE', `--table "${name}" may be ${named.map(patternOf).join(' or ')}`, {
      hint: 'write it in quotes',
    })
  const found = named[0] ?? qualifiedName(name)
  if (found === null) throw new DbopsError('USAGE', `--table "${name}" is not schema.table`)
  return { schema: found.schema, table: found.table }
}

/** Where the backup itself is not at hand yet, as in a plan of one in a store, its globals cannot be read. */
async function rolesPlan(
  call: Call,
  manifest: BackupManifest,
  folder: string,
): Promise<{ readonly roles: MissingRoles | null; readonly lines: readonly string[] }> {
  const missing = await missingRoles(call.target(), manifest)
  if (missing.length === 0) return { roles: null, lines: [] }
  const words = `roles of the backup that this server lacks: ${missing.join(', ')}`
  if (call.options.withRoles !== true) return { roles: null, lines: [`${words}; --with-roles makes them`] }
  if (!existsSync(folder)) return { roles: null, lines: [`${words}; they are made from its globals`] }
  const roles = await planRoles({
    ...backupKeys(call),
    server: call.target(),
    folder,
    missing,
    hasPasswords: call.options.withPasswords === true,
  })
  return {
    roles,
    lines: [words, ...roles.shown.map((sql) => `${sql};`), ...roles.notes.map((note) => `-- note: ${note}`)],
  }
}

async function restore(call: Call, manifest: BackupManifest, folder: string): Promise<Outcome> {
  const server = call.target()
  if (call.options.withPasswords === true && call.options.withRoles !== true)
    throw new DbopsError('USAGE', '--with-passwords needs --with-roles')
  const { roles, lines: roleLines } = await rolesPlan(call, manifest, folder)
  const swapName = textOption(call, 'swap')
  const database =
    textOption(call, 'into') ??
    `${(swapName ?? manifest.database?.name ?? 'restored').slice(0, 40)}_restore_${randomBytes(4).toString('hex')}`
  const selection = selectionOf(call, manifest)
  const owner = textOption(call, 'owner')
  if (selection !== null && swapName !== null)
    throw new DbopsError('REFUSED', 'a part of a backup is no database to go live with', {
      hint: 'restore it beside, and copy its rows from there',
    })
  if (database === swapName) throw new DbopsError('USAGE', '--into and --swap name the same database')
  const swap: SwapPayload | null =
    swapName === null ? null : { live: swapName, restored: database, kept: keptName(swapName, call.now()) }
  const plan = [
    ...roleLines,
    `restore ${selection === null ? '' : 'a part of '}${manifest.id} into the new database ${database} and compare every row`,
    ...(owner === null ? [] : [`give the new database and everything in it to ${owner}`]),
    ...(swap === null
      ? []
      : [`end all sessions of ${swap.live}, rename it to ${swap.kept}, rename ${database} to ${swap.live}`]),
  ]
  if (!call.isApplied)
    return { summary: 'plan only; --apply does it', exitCode: EXIT_FINE, text: plan.join('\n'), data: { plan } }
  if (swap !== null) call.confirm(swap.live, 'swapping a live database')
  const lock = {
    path: join(call.stateFolder, 'locks', 'restore'),
    purpose: `restore of ${database}`,
    isForced: call.isLockForced,
  }
  return await withFileLock(
    { ...lock, onTakeOver: (owner) => call.progress(`took over the lock of ${owner}`) },
    async () => {
      for (const left of await listScratch(server)) {
        call.progress(`dropping ${left}, which an interrupted run left`)
        await dropScratch(server, left)
      }
      const journal = Journal.begin(
        journalFolder(call),
        { kind: 'restore', target: database, payload: swap ?? { restored: database } },
        call.now,
      )
      await journal.step('restore', () =>
        restoreBackup({
          ...backupKeys(call),
          folder,
          server,
          database,
          jobs: jobsOf(call),
          selection,
          owner,
          roles,
          onProgress: call.progress,
        }),
      )
      if (swap !== null) await swapDatabases(server, swap, journal)
      journal.finish()
      const where = swap === null ? database : `${swap.live}; the old one is ${swap.kept}`
      return {
        summary: `restored ${manifest.id} into ${where}`,
        exitCode: EXIT_FINE,
        text: swap === null ? '' : `undo: dbops backup undo ${journal.entry.id} --apply`,
        data: {
          journal: journal.entry.id,
          database: swap?.live ?? database,
          kept: swap?.kept ?? null,
          roles: roles?.names ?? [],
        },
        audit: { backup: manifest.id, database, ...(owner === null ? {} : { owner }) },
      }
    },
  )
}
