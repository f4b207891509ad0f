import { createBackup } from '../backup/create-backup.ts'
import { compressions } from '../backup/manifest.ts'
import { type CommandDefinition, listOption } from '../command/command.ts'
import { choiceOption, hookOption, requiredOption } from '../command/option-reading.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE, EXIT_PARTIAL } from '../exit-codes.ts'
import { qualifiedName } from '../quote.ts'
import { jobsOf, jobsOption } from './backup-keys.ts'

export const backupCreate: CommandDefinition = {
  name: 'backup create',
  summary: 'Makes a backup with proof: rows are counted and hashed in the snapshot that is dumped.',
  options: [
    { flags: '--to <folder>', description: 'folder of backups' },
    {
      flags: '--recipient <name>',
      description: 'public key to encrypt for; may be given several times',
      isRepeatable: true,
    },
    { flags: '--unencrypted', description: 'let production store a backup in clear' },
    { flags: '--compression <name>', description: 'none, gzip or zstd (default: zstd)' },
    { flags: '--dump-format <name>', description: 'custom or plain (default: custom)' },
    jobsOption,
    {
      flags: '--globals <what>',
      description: 'none, without-passwords or with-verifiers (default: without-passwords)',
    },
    { flags: '--schema <name>', description: 'only this schema; may be given several times', isRepeatable: true },
    { flags: '--table <schema.table>', description: 'only this table; may be given several times', isRepeatable: true },
    {
      flags: '--exclude <schema.table>',
      description: 'not this table; may be given several times',
      isRepeatable: true,
    },
    {
      flags: '--before <command>',
      description: 'run in a shell before the snapshot; repeatable; a failure is told with 8, the backup is made',
      isRepeatable: true,
    },
    {
      flags: '--after <command>',
      description: 'run in a shell when the dump is written, or has failed; repeatable',
      isRepeatable: true,
    },
  ],
  changes: 'files',
  example:
    'dbops backup create --url postgresql://backup@db.example/app --to /var/backups/app --recipient dbops-x25519:…',
  async run(call) {
    const recipients = listOption(call, 'recipient')
    if (call.environment === 'production' && recipients.length === 0 && call.options.unencrypted !== true)
      throw new DbopsError('REFUSED', 'production backups are encrypted', {
        hint: 'give --recipient (dbops backup keygen), or --unencrypted',
      })
    const schemas = listOption(call, 'schema')
    const tables = listOption(call, 'table').map(plainName)
    const excluded = listOption(call, 'exclude').map(plainName)
    const isPart = schemas.length + tables.length + excluded.length > 0
    const to = requiredOption(call, 'to', '--to')
    const manifest = await createBackup({
      parameters: call.target(),
      to,
      stateFolder: call.stateFolder,
      recipients,
      compression: choiceOption(call, 'compression', compressions, 'zstd'),
      format: choiceOption(call, 'dumpFormat', ['custom', 'plain'], 'custom'),
      jobs: jobsOf(call),
      globals: choiceOption(call, 'globals', ['none', 'without-passwords', 'with-verifiers'], 'without-passwords'),
      selection: isPart ? { schemas, tables, excluded } : null,
      hooks: { before: hookOption(call, 'before', 'beforeBackup'), after: hookOption(call, 'after', 'afterBackup') },
      isLockForced: call.isLockForced,
      now: call.now,
      onProgress: call.progress,
    })
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
    const storedBytes = manifest.files.reduce((sum, file) => sum + file.storedBytes, 0)
    const failed = manifest.hookResults.filter((line) => !line.endsWith(': ok'))
    return {
      summary: `backup ${manifest.id}: ${manifest.tables.length} tables, ${rows} rows proven, ${storedBytes} bytes in ${manifest.durationMs} ms${failed.length === 0 ? '' : `; ${failed.length} hook(s) failed`}`,
      exitCode: failed.length === 0 ? EXIT_FINE : EXIT_PARTIAL,
      text: failed.join('\n'),
      data: {
        hooks: manifest.hookResults,
        id: manifest.id,
        folder: `${to}/${manifest.id}`,
        rows,
        storedBytes,
        durationMs: manifest.durationMs,
      },
      metrics: [
        { name: 'dbops_backup_stored_bytes', help: 'Stored size of the backup', value: storedBytes },
        { name: 'dbops_backup_duration_seconds', help: 'Time the backup took', value: manifest.durationMs / 1000 },
      ],
      audit: { backup: manifest.id, recipients: recipients.length },
    }
  },
}

/** As the manifest and the catalogues write it: quotes are for the shell's user only. */
function plainName(name: string): string {
  const found = name.includes('"') ? qualifiedName(name) : null
  return found === null ? name : `${found.schema}.${found.table}`
}
