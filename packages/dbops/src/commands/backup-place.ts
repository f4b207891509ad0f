import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type ListedBackup, listBackups } from '../backup/catalog.ts'
import { RECORDS_NAME } from '../backup/verify-backup.ts'
import type { BackupStore } from '../backup-stores/backup-store.ts'
import { RemoteBackups } from '../backup-stores/remote-backups.ts'
import { type Call, textOption } from '../command/command.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import { DbopsError } from '../errors.ts'
import { findHome } from '../home-folder.ts'
import { isAlive } from '../run.ts'
import { Secret } from '../secret.ts'
import { privateFolder } from '../state/atomic-write.ts'
import { backupFolders } from './backup-folders.ts'
import { backupKeys } from './backup-keys.ts'

/** Options of every command that reads or fills a store. */
export const placeOptions = [
  { flags: '--region <name>', description: 'of an S3-compatible store: region (default: auto)' },
  { flags: '--prefix <path>', description: 'of S3 and Azure: before every name' },
  { flags: '--ssh-key <file>', description: 'of SFTP: private key (default: SFTP_PASSWORD_FILE, else the SSH agent)' },
  { flags: '--known-hosts <file>', description: 'of SFTP: keys of hosts (default: ~/.ssh/known_hosts)' },
] as const

/** What a store may be, for the help. */
export const PLACES =
  'https://s3.example/bucket, https://account.blob.core.windows.net/container, sftp://user@host/folder, exec:PROGRAM or file:FOLDER'

/** Where one command reads backups. */
export const fromOption = {
  flags: '--from <place>',
  description: 'one backup, a folder of backups, or a store as backup push names it (the newest is taken)',
} as const

const AZURE_HOST = /\.blob\.(core\.windows\.net|core\.chinacloudapi\.cn|core\.usgovcloudapi\.net)$/

/** Whether this names a store, and not a folder of backups. */
export function isStore(place: string): boolean {
  return /^(https?|azure|sftp|exec|file):/.test(place)
}

/** Works with a store, and hangs up afterwards. @throws {DbopsError} */
export async function withStore<Result>(
  call: Call,
  place: string,
  work: (backups: RemoteBackups) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(call, place)
  try {
    return await work(new RemoteBackups(store))
  } finally {
    await store.close()
  }
}

/** Backups of a folder or a store, at a glance. */
export async function listPlace(call: Call, place: string): Promise<ListedBackup[]> {
  const shelf = isStore(place) ? await withStore(call, place, (backups) => backups.shelf(call.now())) : place
  return listBackups(shelf, backupKeys(call))
}

/**
 * Gives the folders of the backups that were asked for: one, the newest, or with `--all` every one. Those of a store are fetched, as they
 * are stored, into a private folder for as long as the work lasts; what it verified is noted in the store.
 */
export async function withBackups<Result>(
  call: Call,
  place: string,
  work: (folders: readonly string[]) => Promise<Result>,
): Promise<Result> {
  if (!isStore(place)) return await work(backupFolders(place, call))
  return await withStore(call, place, async (backups) => {
    const ids = await idsOf(call, backups)
    if (ids.length === 0) throw new DbopsError('INTEGRITY', `${place} holds no backup`)
    removeFetched(call.stateFolder)
    const fetched = mkdtempSync(join(privateFolder(call.stateFolder), `${FETCHED}${process.pid}-`))
    try {
      const folders: string[] = []
      for (const id of call.options.all === true ? ids : ids.slice(0, 1)) {
        call.progress(`fetching ${id}`)
        folders.push(await backups.pull(id, fetched))
      }
      const before = folders.map(recordedBytes)
      const result = await work(folders)
      for (const [index, folder] of folders.entries())
        if (recordedBytes(folder) > before[index])
          await backups.putProven(folder.slice(fetched.length + 1), join(folder, RECORDS_NAME), RECORDS_NAME)
      return result
    } finally {
      rmSync(fetched, { recursive: true, force: true })
    }
  })
}

const FETCHED = 'fetched-'

/** What a process that was killed had fetched; its number is in the name. */
function removeFetched(stateFolder: string): void {
  for (const name of readdirSync(privateFolder(stateFolder))) {
    const pid = name.startsWith(FETCHED) ? Number(/^fetched-(\d+)-/.exec(name)?.[1]) : Number.NaN
    if (Number.isInteger(pid) && !isAlive(pid)) rmSync(join(stateFolder, name), { recursive: true, force: true })
  }
}

/** Backups of a store, newest first by the time they were made, as in a folder. */
export async function idsOf(call: Call, backups: RemoteBackups): Promise<string[]> {
  const listed = listBackups(await backups.shelf(call.now()), backupKeys(call))
  return listed.filter(({ state }) => state !== 'unfinished').map(({ id }) => id)
}

function recordedBytes(folder: string): number {
  return statSync(join(folder, RECORDS_NAME), { throwIfNoEntry: false })?.size ?? 0
}

/** @throws {DbopsError} USAGE, SECRET_MISSING, and what opening it throws */
async function openStore(call: Call, place: string): Promise<BackupStore> {
  const prefix = (textOption(call, 'prefix') ?? '').replace(/^\/+|\/+$/g, '')
  if (place.startsWith('file:')) {
    const { FolderStore } = await import('../backup-stores/folder-store.ts')
    return new FolderStore(resolve(call.workingFolder, place.slice('file:'.length)))
  }
  if (place.startsWith('exec:')) {
    const { CommandStore } = await import('../backup-stores/command-store.ts')
    return new CommandStore(place.slice('exec:'.length))
  }
  const text = place.replace(/^azure:/, '')
  if (!URL.canParse(text)) throw new DbopsError('USAGE', `"${place}" is no place of backups`, { hint: PLACES })
  const url = new URL(text)
  if (url.password !== '' || url.search !== '')
    throw new DbopsError('USAGE', 'a secret may stand in the name of the store', {
      hint: 'keys and signatures come from variables or files; the URL holds none',
    })
  if (url.protocol === 'sftp:') return await openSftp(call, url)
  if (place.startsWith('azure:') || AZURE_HOST.test(url.hostname)) return await openAzure(call, url, prefix)
  return await openS3(call, text, prefix)
}

async function openS3(call: Call, endpoint: string, prefix: string): Promise<BackupStore> {
  const secretAccessKey = secretOf(call, 'AWS_SECRET_ACCESS_KEY')
  const accessKeyId = call.variables.AWS_ACCESS_KEY_ID
  if (!accessKeyId || secretAccessKey === null)
    throw new DbopsError('SECRET_MISSING', 'AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY (or …_FILE) is not set')
  const { S3Store } = await import('../backup-stores/s3-store.ts')
  return new S3Store({ endpoint, accessKeyId, secretAccessKey, region: textOption(call, 'region') ?? 'auto', prefix })
}

async function openAzure(call: Call, url: URL, prefix: string): Promise<BackupStore> {
  const { AzureBlobStore } = await import('../backup-stores/azure-blob-store.ts')
  const { identityAccess, sasAccess, sharedKeyAccess } = await import('../backup-stores/azure-access.ts')
  const sas = secretOf(call, 'AZURE_STORAGE_SAS_TOKEN')
  const key = secretOf(call, 'AZURE_STORAGE_KEY')
  const account = call.variables.AZURE_STORAGE_ACCOUNT || url.hostname.split('.')[0]
  const access =
    sas !== null ? sasAccess(sas) : key !== null ? sharedKeyAccess(account, key) : identityAccess(call.variables)
  return new AzureBlobStore({ container: url.href, access, prefix })
}

async function openSftp(call: Call, url: URL): Promise<BackupStore> {
  const { SftpStore } = await import('../backup-stores/sftp-store.ts')
  const file = textOption(call, 'knownHosts') ?? join(findHome(call.variables.HOME) ?? '/', '.ssh/known_hosts')
  const keyFile = textOption(call, 'sshKey')
  const password = secretOf(call, 'SFTP_PASSWORD')
  if (url.username === '') throw new DbopsError('USAGE', 'sftp://user@host/folder names no user')
  return await SftpStore.open({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    user: decodeURIComponent(url.username),
    folder: decodeURIComponent(url.pathname).replace(/^\/~\//, ''),
    ...(keyFile === null ? {} : { privateKey: new Secret(readText(keyFile, 'private key')) }),
    ...(password === null ? {} : { password }),
    ...(keyFile === null && password === null ? { agent: call.variables.SSH_AUTH_SOCK } : {}),
    knownHosts: readText(file, 'file of known hosts'),
  })
}

/** Of a variable, or of the file that NAME_FILE names. */
function secretOf(call: Call, name: string): Secret | null {
  const file = call.variables[`${name}_FILE`]
  if (file) return readSecretFile({ path: file, environment: call.environment })
  const value = call.variables[name]
  return value ? new Secret(value) : null
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DbopsError(
      'SECRET_MISSING',
      `the ${what} ${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      { cause, hint: '--ssh-key and --known-hosts name them' },
    )
  }
}
