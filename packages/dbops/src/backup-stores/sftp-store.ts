import { posix } from 'node:path'
import { promisify } from 'node:util'
import { Client, type FileEntryWithStats, type SFTPWrapper } from 'ssh2'
import { DbopsError } from '../errors.ts'
import { type BackupStore, type StoredFile, storeError } from './backup-store.ts'
import { knownKeys } from './known-hosts.ts'
import { connected, type SftpStoreOptions } from './sftp-connection.ts'
import { Line, readAhead } from './sftp-read.ts'

const STATUS_NO_SUCH_FILE = 2
const STATUS_PERMISSION_DENIED = 3

/** A folder on another machine over SFTP. The key of the host is checked always; a file gets its name when it is whole. */
export class SftpStore implements BackupStore {
  readonly name: string
  readonly #client: Client
  readonly #sftp: SFTPWrapper
  readonly #line: Line
  readonly #folder: string

  private constructor(name: string, client: Client, sftp: SFTPWrapper, folder: string) {
    this.name = name
    this.#client = client
    this.#sftp = sftp
    this.#line = new Line(client, name)
    this.#folder = folder
  }

  /** @throws {DbopsError} HOST_KEY for a host whose key is not the known one, AUTHENTICATION_FAILED, CONNECTION_REFUSED */
  static async open(options: SftpStoreOptions): Promise<SftpStore> {
    const { host, port = 22, user, folder } = options
    const name = `sftp://${user}@${host}:${port}/${folder.replace(/^\//, '')}`
    const known = knownKeys(options.knownHosts, host, port)
    if (known.every(({ isRevoked }) => isRevoked))
      throw new DbopsError('HOST_KEY', `${host}:${port} is not among the known hosts`, {
        hint: `compare the fingerprint with its administrator, then ssh-keyscan -p ${port} ${host} >> known_hosts`,
      })
    const client = new Client()
    try {
      await connected(client, options, known)
      client.setNoDelay(true)
      const sftp = await promisify(client.sftp.bind(client))()
      return new SftpStore(name, client, sftp, folder === '' ? '.' : folder)
    } catch (error) {
      client.end()
      throw error instanceof DbopsError ? error : storeError(name, 'opening', error)
    }
  }

  async put(key: string, path: string): Promise<void> {
    await this.#line.over(() => this.#put(key, path))
  }

  async list(): Promise<StoredFile[]> {
    return await this.#line.over(() => this.#list())
  }

  async remove(key: string): Promise<void> {
    await this.#line.over(() => this.#remove(key))
  }

  async #put(key: string, path: string): Promise<void> {
    const to = this.#path(key)
    const partial = `${to}.part`
    try {
      await this.#makeFolder(posix.dirname(to))
      await promisify(this.#sftp.fastPut.bind(this.#sftp) as PutFile)(path, partial, { mode: 0o600 })
      await this.#ignoringMissing(promisify(this.#sftp.unlink.bind(this.#sftp))(to))
      await promisify(this.#sftp.rename.bind(this.#sftp))(partial, to)
    } catch (cause) {
      throw this.#error(`putting ${key}`, cause)
    }
  }

  async *get(key: string): AsyncGenerator<Uint8Array> {
    try {
      yield* readAhead(this.#sftp, this.#line, this.#path(key))
    } catch (cause) {
      throw this.#error(`getting ${key}`, cause)
    }
  }

  async #list(): Promise<StoredFile[]> {
    try {
      const files: StoredFile[] = []
      for (const { filename: backup, attrs } of await this.#entries(this.#folder)) {
        if (!attrs.isDirectory()) continue
        for (const entry of await this.#entries(posix.join(this.#folder, backup)))
          if (entry.attrs.isFile())
            files.push({
              key: `${backup}/${entry.filename}`,
              bytes: entry.attrs.size,
              modifiedAt: new Date(entry.attrs.mtime * 1000),
            })
      }
      return files
    } catch (cause) {
      throw this.#error('listing', cause)
    }
  }

  async #remove(key: string): Promise<void> {
    const path = this.#path(key)
    try {
      await promisify(this.#sftp.unlink.bind(this.#sftp))(path)
      const folder = posix.dirname(path)
      if ((await this.#entries(folder)).length === 0) await promisify(this.#sftp.rmdir.bind(this.#sftp))(folder)
    } catch (cause) {
      throw this.#error(`removing ${key}`, cause)
    }
  }

  async close(): Promise<void> {
    this.#client.end()
  }

  #path(key: string): string {
    return posix.join(this.#folder, key)
  }

  async #entries(path: string): Promise<FileEntryWithStats[]> {
    const found = await promisify(this.#sftp.readdir.bind(this.#sftp))(path).catch((error: { code?: number }) => {
      if (error.code === STATUS_NO_SUCH_FILE) return []
      throw error
    })
    return found.filter(({ filename }) => filename !== '.' && filename !== '..')
  }

  async #makeFolder(path: string): Promise<void> {
    const isThere = await promisify(this.#sftp.stat.bind(this.#sftp))(path).then(
      () => true,
      () => false,
    )
    if (isThere) return
    if (posix.dirname(path) !== path) await this.#makeFolder(posix.dirname(path))
    await promisify(this.#sftp.mkdir.bind(this.#sftp) as MakeFolder)(path, { mode: 0o700 })
  }

  async #ignoringMissing(work: Promise<unknown>): Promise<void> {
    await work.catch((error: { code?: number }) => {
      if (error.code !== STATUS_NO_SUCH_FILE) throw error
    })
  }

  #error(what: string, cause: unknown): DbopsError {
    const { code, message } = cause as { code?: unknown; message?: string }
    if (code === STATUS_PERMISSION_DENIED)
      return new DbopsError('PERMISSION_DENIED', `${this.name}: ${what}: ${message}`, { cause })
    if (code === STATUS_NO_SUCH_FILE) return new DbopsError('INTEGRITY', `${this.name}: ${what}: ${message}`, { cause })
    return storeError(this.name, what, cause)
  }
}

type PutFile = (from: string, to: string, options: { mode: number }, done: (error?: Error | null) => void) => void
type MakeFolder = (path: string, attributes: { mode: number }, done: (error?: Error | null) => void) => void
