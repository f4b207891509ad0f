import { createFilesBackup } from '../backup/files-backup.ts'
import { type CommandDefinition, listOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'

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
