import { createWriteStream } from 'node:fs'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createFilesBackup } from '../backup/files-backup.ts'
import { loadForeignDump } from '../backup/foreign-dump.ts'
import { openManifest } from '../backup/keys.ts'
import { readManifest } from '../backup/manifest.ts'
import { ObjectStore } from '../backup/object-store.ts'
import { checkStored, readPayload } from '../backup/payload-read.ts'
import { createPhysicalBackup, prepareRecovery, verifyPhysicalBackup } from '../backup/physical-backup.ts'
import { type Call, type CommandDefinition, listOption, textOption } from '../command/command.ts'
import { requiredOption } from '../command/option-reading.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { Secret } from '../secret.ts'
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
    { flags: '--what <name>', description: 'dump, globals or application-files' },
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
    const file = manifest.files.find(({ holds }) => holds === what)
    if (file === undefined)
      throw new DbopsError('USAGE', `${manifest.id} holds no ${what}`, {
        hint: `it holds ${manifest.files.map(({ holds }) => holds).join(', ')}`,
      })
    const path = requiredOption(call, 'toFile', '--to-file')
    await checkStored(folder, file)
    const through = new PassThrough()
    await Promise.all([
      readPayload({ folder, manifest, file, dataKey }, through),
      pipeline(through, createWriteStream(path, { flags: 'wx', mode: 0o600 })),
    ])
    return { summary: `${file.plainBytes} bytes in ${path}`, exitCode: EXIT_FINE, text: '' }
  },
}

export const backupLoad: CommandDefinition = {
  name: 'backup load',
  summary: 'Loads a dump that dbops did not make, without letting it run commands here.',
  arguments: [{ name: 'file', description: 'a dump of pg_dump, plain or custom' }],
  options: [{ flags: '--trust', description: 'its SQL may run with the rights of this login' }],
  changes: 'server',
  example: 'dbops backup load old.sql --trust --url postgresql://app_owner@localhost/empty --apply',
  async run(call) {
    const target = call.target()
    const isTrusted = call.options.trust === true
    if (!call.isApplied && isTrusted)
      return {
        summary: `would load ${call.args[0]} into ${target.database}; --apply does it`,
        exitCode: EXIT_FINE,
        text: '',
      }
    call.confirm(target.database, 'loading a foreign dump')
    await loadForeignDump(call.args[0], target, isTrusted)
    return { summary: `loaded into ${target.database}`, exitCode: EXIT_FINE, text: '' }
  },
}

export const backupPhysical: CommandDefinition = {
  name: 'backup physical',
  summary: 'Copies the whole cluster with checksums and verifies the copy.',
  options: [{ flags: '--to <folder>', description: 'folder of copies' }],
  changes: 'files',
  example: 'dbops backup physical --to /var/backups/base --url postgresql://replicator@localhost/postgres',
  async run(call) {
    const folder = await createPhysicalBackup(call.target(), requiredOption(call, 'to', '--to'), call.now())
    return { summary: `copied and verified: ${folder}`, exitCode: EXIT_FINE, text: '', data: { folder } }
  },
}

export const backupPitr: CommandDefinition = {
  name: 'backup pitr',
  summary: 'Prepares a copied cluster to recover to a moment when it is started; refuses when WAL is missing.',
  options: [
    { flags: '--data <folder>', description: 'the copied cluster, which will be started' },
    { flags: '--archive <folder>', description: 'archive of WAL' },
    { flags: '--time <timestamp>', description: 'recover to this time' },
    { flags: '--lsn <lsn>', description: 'recover to this position' },
    { flags: '--name <name>', description: 'recover to this restore point' },
  ],
  changes: 'files',
  example: 'dbops backup pitr --data /srv/recovered --archive /var/backups/wal --time "2026-11-22 12:00:00+00"',
  async run(call) {
    const data = requiredOption(call, 'data', '--data')
    await verifyPhysicalBackup(data)
    const [time, lsn, name] = ['time', 'lsn', 'name'].map((key) => textOption(call, key) ?? undefined)
    prepareRecovery(data, requiredOption(call, 'archive', '--archive'), {
      ...(time === undefined ? {} : { time }),
      ...(lsn === undefined ? {} : { lsn }),
      ...(name === undefined ? {} : { name }),
    })
    return { summary: `${data} recovers when it is started`, exitCode: EXIT_FINE, text: '' }
  },
}

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
