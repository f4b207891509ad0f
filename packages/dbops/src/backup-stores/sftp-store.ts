import { posix } from 'node:path'
import { promisify } from 'node:util'
import {
  Client,
  type ConnectConfig,
  type FileEntryWithStats,
  type ServerHostKeyAlgorithm,
  type SFTPWrapper,
} from 'ssh2'
import { DbopsError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { type BackupStore, type StoredFile, storeError } from './backup-store.ts'
import { type KnownKey, knownKeys } from './known-hosts.ts'

export interface SftpStoreOptions {
  readonly host: string
  readonly port?: number
  readonly user: string
  /** Folder of the server; relative to the home of the user unless it begins with a slash. */
  readonly folder: string
  /** A private key in PEM or OpenSSH's form, a password, or the socket of an agent. */
  readonly privateKey?: Secret | undefined
  readonly password?: Secret | undefined
  readonly agent?: string | undefined
  /** Text of a file of known hosts: a host that is not in it is never spoken to. */
  readonly knownHosts: string
}

const STATUS_NO_SUCH_FILE = 2
const STATUS_PERMISSION_DENIED = 3

/** Work over a connection that may be lost: the library leaves what is under way without an answer then. */
class Line {
  readonly #waiting = new Set<(cause: Error) => void>()
  #loss: Error | null = null

  constructor(client: Client, where: string) {
    client.once('close', () => {
      this.#loss = new DbopsError('CONNECTION_LOST', `${where}: the connection was lost`)
      for (const reject of this.#waiting) reject(this.#loss)
    })
  }

  async over<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#loss !== null) throw this.#loss
    let refuse: (cause: Error) => void = () => {}
    const lost = new Promise<never>((_, reject) => {
      refuse = reject
      this.#waiting.add(reject)
    })
    try {
      return await Promise.race([work(), lost])
    } finally {
      this.#waiting.delete(refuse)
    }
  }
}

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

const READ_BYTES = 32_768
const READS_AT_ONCE = 64

/** A file in its order, with many reads under way, so that the distance to the server does not count for each of them. */
async function* readAhead(sftp: SFTPWrapper, line: Line, path: string): AsyncGenerator<Uint8Array> {
  const file = await line.over(() => promisify(sftp.open.bind(sftp) as OpenFile)(path, 'r'))
  const { size } = await line.over(() => promisify(sftp.fstat.bind(sftp))(file))
  const waiting: Promise<Uint8Array>[] = []
  try {
    for (let asked = 0, given = 0; given < size; ) {
      for (; asked < size && waiting.length < READS_AT_ONCE; asked += READ_BYTES) {
        const [start, length] = [asked, Math.min(READ_BYTES, size - asked)]
        const read = line.over(() => readWhole(sftp, file, start, length))
        read.catch(() => {}) // whoever takes it from the queue sees it
        waiting.push(read)
      }
      const part = (await waiting.shift()) ?? new Uint8Array()
      given += part.length
      yield part
    }
  } finally {
    await Promise.allSettled(waiting)
    await line.over(() => promisify(sftp.close.bind(sftp))(file)).catch(() => {}) // a connection that was lost has closed it
  }
}

/** A server may answer with less than was asked for. */
async function readWhole(sftp: SFTPWrapper, file: Buffer, start: number, length: number): Promise<Uint8Array> {
  const part = Buffer.alloc(length)
  for (let read = 0; read < length; ) {
    const got = await new Promise<number>((resolve, reject) =>
      sftp.read(file, part, read, length - read, start + read, (error, bytes) =>
        error ? reject(error) : resolve(bytes),
      ),
    )
    if (got === 0) throw new DbopsError('INTEGRITY', 'a file became shorter while it was read')
    read += got
  }
  return part
}

type OpenFile = (path: string, mode: 'r', done: (error: Error | undefined, handle: Buffer) => void) => void
type PutFile = (from: string, to: string, options: { mode: number }, done: (error?: Error | null) => void) => void
type MakeFolder = (path: string, attributes: { mode: number }, done: (error?: Error | null) => void) => void

/** Resolves when the host has proven itself, and we to it. */
function connected(client: Client, options: SftpStoreOptions, known: readonly KnownKey[]): Promise<void> {
  const { host, port = 22, user, privateKey, password, agent } = options
  let isWrongHost = false
  const config: ConnectConfig = {
    host,
    port,
    username: user,
    ...(privateKey === undefined ? {} : { privateKey: privateKey.reveal() }),
    ...(password === undefined ? {} : { password: password.reveal() }),
    ...(agent === undefined ? {} : { agent }),
    readyTimeout: 30_000,
    // a network that is gone is told after a minute
    keepaliveInterval: 15_000,
    keepaliveCountMax: 4,
    algorithms: { serverHostKey: algorithmsOf(known) },
    hostVerifier: (key: Buffer) => {
      const isKnown = known.some((one) => !one.isRevoked && one.key.equals(key))
      const isRevoked = known.some((one) => one.isRevoked && one.key.equals(key))
      isWrongHost = !isKnown || isRevoked
      return !isWrongHost
    },
  }
  return new Promise((resolve, reject) => {
    client.once('ready', resolve)
    // later errors are those of the operation that is under way
    client.on('error', (cause: Error & { level?: string; code?: string }) => {
      const where = `${host}:${port}`
      if (isWrongHost)
        reject(
          new DbopsError('HOST_KEY', `the key of ${where} is not the known one: somebody may be in between`, {
            hint: 'ask its administrator whether the key was changed; nothing was sent',
            cause,
          }),
        )
      else if (cause.level === 'client-authentication')
        reject(new DbopsError('AUTHENTICATION_FAILED', `${where} does not let ${user} in`, { cause }))
      else if (cause.level === 'client-timeout')
        reject(new DbopsError('CONNECTION_TIMEOUT', `${where} does not answer`, { cause }))
      else if (cause.code === 'ENOTFOUND')
        reject(new DbopsError('HOST_NOT_FOUND', `${host} is not known to the name service`, { cause }))
      else reject(new DbopsError('CONNECTION_REFUSED', `${where}: ${cause.message}`, { cause }))
    })
    client.once('close', () => reject(new DbopsError('CONNECTION_LOST', `${host}:${port} hung up`)))
    try {
      client.connect(config)
    } catch (cause) {
      // a private key that cannot be read; the message does not hold it
      reject(new DbopsError('SECRET_INVALID', (cause as Error).message, { cause }))
    }
  })
}

/** Only the kinds of key that are known are asked for, so that a host with several shows the one we can compare. */
function algorithmsOf(known: readonly KnownKey[]): ServerHostKeyAlgorithm[] {
  const types = [...new Set(known.filter(({ isRevoked }) => !isRevoked).map(({ type }) => type))]
  return types.flatMap((type) =>
    type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type],
  ) as ServerHostKeyAlgorithm[]
}
