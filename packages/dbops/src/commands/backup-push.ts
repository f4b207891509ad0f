import { readManifest } from '../backup/manifest.ts'
import type { CommandDefinition } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { backupFolders } from './backup-folders.ts'
import { identityOption } from './backup-keys.ts'
import { idsOf, PLACES, placeOptions, withStore } from './backup-place.ts'

const storeOptions = [{ flags: '--endpoint <store>', description: PLACES }, ...placeOptions] as const

export const backupPush: CommandDefinition = {
  name: 'backup push',
  summary: 'Uploads the newest backup to a store (S3, Azure, SFTP, a program, another folder) and reads it back.',
  options: [
    { flags: '--from <folder>', description: 'one backup, or a folder of backups' },
    { flags: '--all', description: 'every backup of the folder' },
    identityOption,
    ...storeOptions,
  ],
  changes: 'files',
  example: 'dbops backup push --from /var/backups/app --endpoint https://s3.example/backups',
  async run(call) {
    const folders = backupFolders(requiredOption(call, 'from', '--from'), call)
    return await withStore(call, requiredOption(call, 'endpoint', '--endpoint'), async (store) => {
      const there = await store.whole(folders.map(readManifest))
      const pushed: string[] = []
      for (const folder of folders) if (!there.has(readManifest(folder).id)) pushed.push(await store.push(folder))
      return {
        summary: `${pushed.length} backup(s) uploaded and read back`,
        exitCode: EXIT_FINE,
        text: pushed.join('\n'),
        data: pushed,
        audit: { pushed },
      }
    })
  },
}

export const backupPull: CommandDefinition = {
  name: 'backup pull',
  summary: 'Downloads a backup from a store and checks every byte.',
  arguments: [{ name: 'id', description: 'of the backup (default: the newest)', isOptional: true }],
  options: [{ flags: '--to <folder>', description: 'folder of backups' }, ...storeOptions],
  changes: 'files',
  example: 'dbops backup pull --to /var/backups/app --endpoint https://s3.example/backups',
  async run(call) {
    const to = requiredOption(call, 'to', '--to')
    const place = requiredOption(call, 'endpoint', '--endpoint')
    return await withStore(call, place, async (store) => {
      const id = call.args[0] ?? (await idsOf(call, store))[0]
      if (id === undefined) throw new DbopsError('INTEGRITY', `${place} holds no backup`)
      const folder = await store.pull(id, to)
      return { summary: folder, exitCode: EXIT_FINE, text: '', data: { folder }, audit: { pulled: id } }
    })
  },
}
