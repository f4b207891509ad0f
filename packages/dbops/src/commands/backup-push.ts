import { readManifest } from '../backup/manifest.ts'
import { ObjectStore } from '../backup/object-store.ts'
import { type Call, type CommandDefinition, textOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { Secret } from '../secret.ts'
import { identityOption } from './backup-keys.ts'
import { backupFolders } from './backup-verify.ts'

const storeOptions = [
  {
    flags: '--endpoint <url>',
    description:
      'store with the bucket: https://s3.example/bucket; keys from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY(_FILE)',
  },
  { flags: '--region <name>', description: 'region (default: auto)' },
  { flags: '--prefix <path>', description: 'before every name' },
] as const

function objectStore(call: Call): ObjectStore {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_SECRET_ACCESS_KEY_FILE: file,
  } = call.variables
  if (!accessKeyId || !(secret || file))
    throw new DbopsError('SECRET_MISSING', 'AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set')
  return new ObjectStore({
    endpoint: requiredOption(call, 'endpoint', '--endpoint'),
    accessKeyId,
    secretAccessKey: file ? readSecretFile({ path: file, environment: call.environment }) : new Secret(secret ?? ''),
    region: textOption(call, 'region') ?? 'auto',
    prefix: textOption(call, 'prefix') ?? '',
  })
}

export const backupPush: CommandDefinition = {
  name: 'backup push',
  summary: 'Uploads the newest backup to an S3-compatible store and reads it back.',
  options: [
    { flags: '--from <folder>', description: 'one backup, or a folder of backups' },
    { flags: '--all', description: 'every backup of the folder' },
    identityOption,
    ...storeOptions,
  ],
  changes: 'files',
  example: 'dbops backup push --from /var/backups/app --endpoint https://s3.example/backups',
  async run(call) {
    const store = objectStore(call)
    const there = new Set(await store.list())
    const pushed: string[] = []
    for (const folder of backupFolders(requiredOption(call, 'from', '--from'), call))
      if (!there.has(readManifest(folder).id)) pushed.push(await store.push(folder))
    return {
      summary: `${pushed.length} backup(s) uploaded and read back`,
      exitCode: EXIT_FINE,
      text: pushed.join('\n'),
      data: pushed,
    }
  },
}

export const backupPull: CommandDefinition = {
  name: 'backup pull',
  summary: 'Downloads a backup from an S3-compatible store and checks every byte.',
  arguments: [{ name: 'id', description: 'of the backup (default: the newest)', isOptional: true }],
  options: [{ flags: '--to <folder>', description: 'folder of backups' }, ...storeOptions],
  changes: 'files',
  example: 'dbops backup pull --to /var/backups/app --endpoint https://s3.example/backups',
  async run(call) {
    const store = objectStore(call)
    const id = call.args[0] ?? (await store.list()).at(-1)
    if (id === undefined) throw new DbopsError('INTEGRITY', 'the store holds no backup')
    const folder = await store.pull(id, requiredOption(call, 'to', '--to'))
    return { summary: folder, exitCode: EXIT_FINE, text: '', data: { folder } }
  },
}
