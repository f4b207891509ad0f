import { createWriteStream } from 'node:fs'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createFilesBackup } from '../backup/files-backup.ts'
import { openManifest } from '../backup/keys.ts'
import { readManifest } from '../backup/manifest.ts'
import { checkStored, readPayload } from '../backup/payload-read.ts'
import { type CommandDefinition, listOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE, EXIT_PARTIAL } from '../exit-codes.ts'
import { backupKeys, identityOption } from './backup-keys.ts'
import { backupFolders } from './backup-verify.ts'

export const backupFiles: CommandDefinition = {
  name: 'backup files',
  summary: 'Makes a backup of a folder of the application.',
  options: [
    { flags: '--source <folder>', description: 'what' },
    { flags: '--to <folder>', description: 'folder of backups' },
    {
      flags: '--recipient <name>',
      description: 'public key to encrypt for; may be given several times',
      isRepeatable: true,
    },
  ],
  changes: 'files',
  example: 'dbops backup files --source /srv/app/uploads --to /var/backups/app-files',
  async run(call) {
    const recipients = listOption(call, 'recipient')
    if (call.environment === 'production' && recipients.length === 0)
      throw new DbopsError('REFUSED', 'production backups are encrypted', {
        hint: 'give --recipient (dbops backup keygen)',
      })
    const { id, files } = await createFilesBackup({
      source: requiredOption(call, 'source', '--source'),
      to: requiredOption(call, 'to', '--to'),
      stateFolder: call.stateFolder,
      recipients,
      now: call.now,
    })
    return { summary: `backup ${id}: ${files[0].plainBytes} bytes`, exitCode: EXIT_FINE, text: '', data: { id } }
  },
}

export const backupExtract: CommandDefinition = {
  name: 'backup extract',
  summary: 'Writes one file of a backup as it was: the dump, the roles (globals), or the tar of files.',
  options: [
    { flags: '--from <folder>', description: 'one backup, or a folder of backups' },
    {
      flags: '--what <name>',
      description: 'dump, part-1 and so on of a dump by several programs, globals or application-files',
    },
    { flags: '--to-file <file>', description: 'new file that only you may read' },
    identityOption,
  ],
  changes: 'files',
  example: 'dbops backup extract --from /var/backups/app --what globals --to-file globals.sql',
  async run(call) {
    const [folder] = backupFolders(requiredOption(call, 'from', '--from'), call)
    const manifest = readManifest(folder)
    const dataKey = openManifest(manifest, backupKeys(call))
    const what = requiredOption(call, 'what', '--what')
    const parts = manifest.files.filter(({ holds }) => holds === 'dump-part')
    const known = new Map(
      manifest.files.filter(({ holds }) => holds !== 'dump-part').map((one) => [one.holds as string, one]),
    )
    for (const [index, part] of parts.entries()) known.set(`part-${index + 1}`, part)
    const file = known.get(what)
    if (file === undefined)
      throw new DbopsError('USAGE', `${manifest.id} holds no ${what}`, {
        hint: `it holds ${[...known.keys()].join(', ')}`,
      })
    const path = requiredOption(call, 'toFile', '--to-file')
    await checkStored(folder, file)
    const through = new PassThrough()
    await Promise.all([
      readPayload({ folder, manifest, file, dataKey }, through),
      pipeline(through, createWriteStream(path, { flags: 'wx', mode: 0o600 })),
    ])
    // several programs wrote the rows: one archive is not the database
    const others = file.holds === 'dump' ? parts.length : 0
    const missing = others === 0 ? '' : `, without the rows of part-1 to part-${others}: extract them too`
    return {
      summary: `${file.plainBytes} bytes in ${path}${missing}`,
      exitCode: others === 0 ? EXIT_FINE : EXIT_PARTIAL,
      text: '',
    }
  },
}
