import { rekeyBackup } from '../backup/rekey.ts'
import { type CommandDefinition, listOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { backupFolders } from './backup-folders.ts'
import { backupKeys, identityOption } from './backup-keys.ts'

export const backupRekey: CommandDefinition = {
  name: 'backup rekey',
  summary: 'Seals the data key of backups for other recipients without rewriting the data.',
  options: [
    { flags: '--from <folder>', description: 'one backup, or a folder of backups' },
    { flags: '--all', description: 'every backup of the folder, not only the newest' },
    {
      flags: '--recipient <name>',
      description: 'all recipients from now on; may be given several times',
      isRepeatable: true,
    },
    identityOption,
  ],
  changes: 'files',
  example: 'dbops backup rekey --from /var/backups/app --all --identity old.key --recipient dbops-x25519:…',
  run(call) {
    const recipients = listOption(call, 'recipient')
    const folders = backupFolders(requiredOption(call, 'from', '--from'), call)
    const keys = backupKeys(call)
    const ids = folders.map((folder) => rekeyBackup(folder, keys, recipients).id)
    return {
      summary: `${ids.length} backup(s) sealed for ${recipients.length} recipient(s)`,
      exitCode: EXIT_FINE,
      text: ids.join('\n'),
      data: { ids, recipients },
      audit: { backups: ids, recipients },
    }
  },
}
