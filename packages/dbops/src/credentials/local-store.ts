import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { DbopsError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { atomicWrite } from '../state/atomic-write.ts'
import { withFileLock } from '../state/file-lock.ts'
import type { SecretName, SecretProvider, SecretVersion, VersionedSecret } from './secret-provider.ts'
import { type StoreEntry, type StoreRetention, versionsToForget } from './store-retention.ts'

export interface ForgottenVersion {
  readonly name: string
  readonly version: string
}

type Content = Record<string, StoreEntry[]>

const SCRYPT = { N: 1 << 15, r: 8, p: 1, maxmem: 64 << 20 }

/**
 * Secrets in one file, encrypted with AES-256-GCM under a key that scrypt derives from the master key with a salt of its own. A file that
 * cannot be read whole is never overwritten.
 */
export class LocalStore implements SecretProvider {
  readonly #path: string
  readonly #masterKey: Secret

  constructor(path: string, masterKey: Secret) {
    this.#path = path
    this.#masterKey = masterKey
  }

  get name(): string {
    return `store ${this.#path}`
  }

  async read(name: string, version?: string): Promise<VersionedSecret> {
    const entries = this.#open()[name] ?? []
    const entry = version === undefined ? entries.at(-1) : entries.find((one) => String(one.version) === version)
    if (entry === undefined) throw new DbopsError('SECRET_MISSING', `secret ${name} is not in ${this.name}`)
    if (entry.value === null) throw new DbopsError('SECRET_MISSING', `secret ${name} was deleted from ${this.name}`)
    return { value: new Secret(entry.value), version: String(entry.version) }
  }

  async write(name: string, value: Secret): Promise<string> {
    return await this.#add(name, value.reveal())
  }

  /** Keeps the versions, and says from now on that it was deleted. */
  async delete(name: string): Promise<string> {
    return await this.#add(name, null)
  }

  /** Names, versions and times; no values. */
  list(): { name: string; version: number; createdAt: string; isDeleted: boolean }[] {
    return Object.entries(this.#open()).map(([name, entries]) => {
      const { version, createdAt, value } = entries[entries.length - 1]
      return { name, version, createdAt, isDeleted: value === null }
    })
  }

  async names(): Promise<SecretName[]> {
    return this.list().map(({ name, version, createdAt, isDeleted }) => ({
      name,
      version: String(version),
      updatedAt: createdAt,
      state: isDeleted ? 'deleted' : 'usable',
    }))
  }

  async versions(name: string): Promise<SecretVersion[]> {
    const entries = this.#open()[name]
    if (entries === undefined) throw new DbopsError('SECRET_MISSING', `secret ${name} is not in ${this.name}`)
    return entries.map(({ version, createdAt, value }) => ({
      version: String(version),
      createdAt,
      state: value === null ? 'deleted' : 'usable',
    }))
  }

  /**
   * Forgets old versions for good: those before the newest `keep` that are older than `before`, and secrets that were deleted before then.
   * The newest usable version always stays. Without `isApplied` it only tells.
   */
  async cleanUp(rules: StoreRetention, isApplied: boolean): Promise<ForgottenVersion[]> {
    return await this.#locked(() => {
      const content = this.#open()
      const forgotten = Object.entries(content).flatMap(([name, entries]) =>
        versionsToForget(entries, rules).map((version) => ({ name, version: String(version) })),
      )
      if (!isApplied || forgotten.length === 0) return forgotten
      const isKept = (name: string, { version }: StoreEntry): boolean =>
        !forgotten.some((one) => one.name === name && one.version === String(version))
      const kept = Object.entries(content)
        .map(([name, entries]) => [name, entries.filter((entry) => isKept(name, entry))] as const)
        .filter(([, entries]) => entries.length > 0)
      this.#seal(Object.fromEntries(kept), this.#masterKey)
      return forgotten
    })
  }

  /** A copy of the sealed file, which the same master key opens. @throws {DbopsError} REFUSED when the place is taken, INTEGRITY */
  async backUp(to: string): Promise<number> {
    return await this.#locked(() => {
      const count = Object.keys(this.#open()).length // what cannot be opened is no backup
      if (existsSync(to)) throw new DbopsError('REFUSED', `${to} exists and is not overwritten`)
      atomicWrite(to, readFileSync(this.#path, 'utf8'))
      return count
    })
  }

  /** Takes a backup's place; the file as it was, whole or not, stays beside it. @throws {DbopsError} INTEGRITY for another master key */
  async restore(from: string): Promise<string | null> {
    new LocalStore(from, this.#masterKey).list()
    return await this.#locked(() => {
      const kept = existsSync(this.#path) ? this.#keepBeside() : null
      atomicWrite(this.#path, readFileSync(from, 'utf8'))
      return kept
    })
  }

  /** Makes the file; one that is there already is left alone. */
  create(): void {
    if (existsSync(this.#path)) throw new DbopsError('REFUSED', `${this.#path} exists and is not overwritten`)
    this.#seal({}, this.#masterKey)
  }

  /** Encrypts everything under another key; the file as it was stays beside it. */
  async rotateMasterKey(next: Secret): Promise<string> {
    return await this.#locked(() => {
      const content = this.#open()
      const backup = this.#keepBeside()
      this.#seal(content, next)
      return backup
    })
  }

  #keepBeside(): string {
    const path = `${this.#path}.before-${new Date().toISOString().replace(/\D/g, '').slice(0, 17)}`
    copyFileSync(this.#path, path)
    return path
  }

  async #add(name: string, value: string | null): Promise<string> {
    return await this.#locked(() => {
      const content = this.#open()
      const entries = content[name] ?? []
      const version = (entries.at(-1)?.version ?? 0) + 1
      this.#seal(
        { ...content, [name]: [...entries, { version, createdAt: new Date().toISOString(), value }] },
        this.#masterKey,
      )
      return String(version)
    })
  }

  #open(): Content {
    if (!existsSync(this.#path))
      throw new DbopsError('SECRET_MISSING', `${this.name} does not exist`, { hint: 'dbops secrets init makes one' })
    try {
      const { salt, nonce, sealed, tag } = JSON.parse(readFileSync(this.#path, 'utf8')) as Record<string, string>
      const decipher = createDecipheriv(
        'aes-256-gcm',
        keyFrom(this.#masterKey, Buffer.from(salt, 'base64')),
        Buffer.from(nonce, 'base64'),
      )
      decipher.setAAD(Buffer.from('dbops store 1'))
      decipher.setAuthTag(Buffer.from(tag, 'base64'))
      const opened = Buffer.concat([decipher.update(Buffer.from(sealed, 'base64')), decipher.final()]).toString('utf8')
      return Object.assign(Object.create(null), JSON.parse(opened)) // a secret may be named like what every object has
    } catch (cause) {
      throw new DbopsError('INTEGRITY', `${this.name} cannot be opened: another master key, or the file is damaged`, {
        cause,
      })
    }
  }

  #seal(content: Content, masterKey: Secret): void {
    const salt = randomBytes(16)
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', keyFrom(masterKey, salt), nonce)
    cipher.setAAD(Buffer.from('dbops store 1'))
    const sealed = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()])
    const text = {
      format: 'dbops store 1',
      salt: salt.toString('base64'),
      nonce: nonce.toString('base64'),
      sealed: sealed.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
    }
    atomicWrite(this.#path, `${JSON.stringify(text)}\n`)
  }

  async #locked<Result>(work: () => Result): Promise<Result> {
    return await withFileLock({ path: `${this.#path}.lock`, purpose: 'secret store', waitMs: 30_000 }, work)
  }
}

/** @throws {DbopsError} SECRET_INVALID for a master key that can be guessed */
function keyFrom(masterKey: Secret, salt: Buffer): Buffer {
  const value = masterKey.reveal()
  if (value.length < 16) throw new DbopsError('SECRET_INVALID', 'the master key has fewer than 16 characters')
  return scryptSync(value, salt, 32, SCRYPT)
}
