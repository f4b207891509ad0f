import { basename, join, resolve } from 'node:path'
import { createBackup } from '../backup/create-backup.ts'
import { createFilesBackup } from '../backup/files-backup.ts'
import type { BackupManifest } from '../backup/manifest.ts'
import { type CommandDefinition, listOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import type { Check } from '../command/outcome.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE, EXIT_PARTIAL } from '../exit-codes.ts'
import { jobsOf, jobsOption } from './backup-keys.ts'

const DATABASE = 'database'

/** The database with its roles, and every folder of the application: each in a folder of backups of its own, to keep and to clean up. */
export const backupFull: CommandDefinition = {
  name: 'backup full',
  summary:
    'Makes a backup of the database, with roles, and of folders of the application. 8 when only a part of it was made.',
  options: [
    {
      flags: '--to <folder>',
      description: 'folder for a folder of backups of each: database, and one for each source',
    },
    {
      flags: '--source <folder>',
      description: 'folder of the application; may be given several times',
      isRepeatable: true,
    },
    {
      flags: '--recipient <name>',
      description: 'public key to encrypt for; may be given several times',
      isRepeatable: true,
    },
    jobsOption,
    { flags: '--unencrypted', description: 'let production store backups in clear' },
  ],
  changes: 'files',
  example:
    'dbops backup full --url postgresql://backup@db.example/app --source /srv/app/uploads --to /var/backups/app --recipient dbops-x25519:…',
  async run(call) {
    const recipients = listOption(call, 'recipient')
    const sources = listOption(call, 'source')
    if (sources.length === 0)
      throw new DbopsError('USAGE', '--source is missing', {
        hint: 'dbops backup create makes one of the database alone',
      })
    if (call.environment === 'production' && recipients.length === 0 && call.options.unencrypted !== true)
      throw new DbopsError('REFUSED', 'production backups are encrypted', {
        hint: 'give --recipient (dbops backup keygen), or --unencrypted',
      })
    const common = {
      stateFolder: call.stateFolder,
      recipients,
      now: call.now,
    }
    const to = requiredOption(call, 'to', '--to')
    const parameters = call.target()
    const hooks = { before: call.hooks('beforeBackup'), after: call.hooks('afterBackup') }
    const places = placesOf(sources)
    const parts: [string, () => Promise<BackupManifest>][] = [
      [
        DATABASE,
        () =>
          createBackup({
            ...common,
            to: join(to, DATABASE),
            parameters,
            jobs: jobsOf(call),
            hooks,
            isLockForced: call.isLockForced,
            onProgress: call.progress,
          }),
      ],
      ...places.map(({ source, name }): [string, () => Promise<BackupManifest>] => [
        name,
        () => createFilesBackup({ ...common, to: join(to, name), source }),
      ]),
    ]
    const checks: Check[] = []
    const ids: Record<string, string> = {}
    let failure: unknown = null
    for (const [part, make] of parts) {
      const base = { id: 'backup.part', title: part, tier: 'critical' } as const
      try {
        const { id, hookResults } = await make()
        ids[part] = id
        checks.push({ ...base, verdict: 'pass', evidence: id })
        for (const line of hookResults.filter((one) => !one.endsWith(': ok')))
          checks.push({ id: 'backup.hook', title: part, tier: 'recommended', verdict: 'fail', evidence: line })
      } catch (error) {
        if (!(error instanceof DbopsError)) throw error
        failure ??= error
        checks.push({ ...base, verdict: 'fail', evidence: error.message, remediation: error.hint ?? undefined })
      }
    }
    const made = Object.keys(ids).length
    const isWhole = checks.every(({ verdict }) => verdict === 'pass')
    if (made === 0) throw failure
    return {
      summary: `${made} of ${parts.length} parts were backed up`,
      exitCode: isWhole ? EXIT_FINE : EXIT_PARTIAL,
      checks,
      data: ids,
      audit: { parts: made, of: parts.length, recipients: recipients.length },
    }
  },
}

/** Where the backups of each source go. @throws {DbopsError} USAGE when two would share a folder */
function placesOf(sources: readonly string[]): { source: string; name: string }[] {
  const places = sources.map((source) => ({ source, name: basename(resolve(source)) }))
  const names = [DATABASE, ...places.map(({ name }) => name)]
  const twice = names.find((name, i) => names.indexOf(name) !== i || name === '')
  if (twice !== undefined)
    throw new DbopsError('USAGE', `two parts would be kept as ${twice}`, {
      hint: 'sources need names of their own; make one apart with dbops backup files',
    })
  return places
}
