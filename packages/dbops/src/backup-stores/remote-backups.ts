import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { PIN_NAME } from '../backup/catalog.ts'
import { type BackupManifest, MANIFEST_NAME, readManifest } from '../backup/manifest.ts'
import { checkStored } from '../backup/payload-read.ts'
import { type BackupShelf, PARTIAL_PREFIX, type ShelvedBackup } from '../backup/shelf.ts'
import { RECORDS_NAME } from '../backup/verify-backup.ts'
import { DbopsError } from '../errors.ts'
import { type BackupStore, isBackupKey, type StoredFile } from './backup-store.ts'

/** What lies without a manifest may be a push that is under way; after so long it is not. */
const UNFINISHED_AFTER_MS = 24 * 3_600_000
/** Small files that a glance needs. */
const readAtOnce = [MANIFEST_NAME, RECORDS_NAME]
const MOST_SMALL_BYTES = 64 << 20

/** Backups in a store: the manifest goes up last and is removed first, so that without it there is no backup. */
export class RemoteBackups {
  readonly #store: BackupStore

  constructor(store: BackupStore) {
    this.#store = store
  }

  /**
   * Which of these are there already: every file with its size, and a manifest that can be read. A store may show a file that was put in half,
   * when whoever put it was killed. A manifest of other recipients counts: it was rekeyed there.
   */
  async whole(manifests: readonly BackupManifest[]): Promise<Set<string>> {
    const files = await this.#files()
    const found = new Set<string>()
    for (const { id, files: expected } of manifests) {
      const sizes = files.get(id)
      if (sizes?.has(MANIFEST_NAME) !== true) continue
      if (expected.some(({ name, storedBytes }) => sizes.get(name)?.bytes !== storedBytes)) continue
      if (isManifestOf(id, await this.#text(`${id}/${MANIFEST_NAME}`))) found.add(id)
    }
    return found
  }

  /** Uploads a backup and reads every file back. @throws {DbopsError} INTEGRITY when a hash differs */
  async push(folder: string): Promise<string> {
    const manifest = readManifest(folder)
    for (const file of manifest.files) await checkStored(folder, file)
    const names = [...readdirSync(folder).filter((name) => name !== MANIFEST_NAME), MANIFEST_NAME]
    for (const name of names) await this.putProven(manifest.id, join(folder, name), name)
    return manifest.id
  }

  /** Puts one file of a backup and reads it back. @throws {DbopsError} INTEGRITY */
  async putProven(id: string, path: string, name: string): Promise<void> {
    const key = `${id}/${name}`
    if (!isBackupKey(key)) throw new DbopsError('USAGE', `"${key}" is no name of a file of a backup`)
    await this.#store.put(key, path)
    const [here, there] = [createHash('sha256'), createHash('sha256')]
    for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) here.update(part)
    for await (const part of this.#store.get(key)) there.update(part)
    if (here.digest('hex') !== there.digest('hex'))
      throw new DbopsError('INTEGRITY', `${key} in ${this.#store.name} is not what was put there`)
  }

  /** Downloads a backup into a folder of backups; it gets its name when every byte was checked. @throws {DbopsError} */
  async pull(id: string, to: string): Promise<string> {
    const sizes = (await this.#files()).get(id)
    if (sizes === undefined || !sizes.has(MANIFEST_NAME))
      throw new DbopsError('INTEGRITY', `${this.#store.name} holds no backup ${id}`)
    const partial = join(to, `${PARTIAL_PREFIX}${id}`)
    rmSync(partial, { recursive: true, force: true })
    mkdirSync(partial, { recursive: true, mode: 0o700 })
    try {
      for (const name of sizes.keys())
        await pipeline(
          this.#store.get(`${id}/${name}`),
          createWriteStream(join(partial, name), { flags: 'wx', mode: 0o600 }),
        )
      for (const file of readManifest(partial).files) await checkStored(partial, file)
      renameSync(partial, join(to, id))
      return join(to, id)
    } catch (error) {
      rmSync(partial, { recursive: true, force: true })
      throw error
    }
  }

  /** What lies there at a glance; unfinished uploads of the last day are left out, because they may be under way. */
  async shelf(now: Date): Promise<BackupShelf> {
    const backups: ShelvedBackup[] = []
    for (const [id, files] of await this.#files()) {
      const isFinished = files.has(MANIFEST_NAME)
      if (!isFinished && isRecent(files, now)) continue
      const texts = new Map<string, string>()
      for (const name of readAtOnce) {
        const bytes = files.get(name)?.bytes ?? -1
        if (bytes >= 0 && bytes <= MOST_SMALL_BYTES) texts.set(name, await this.#text(`${id}/${name}`))
      }
      backups.push({
        name: isFinished ? id : `${PARTIAL_PREFIX}${id}`,
        sizes: new Map([...files].map(([name, { bytes }]) => [name, bytes])),
        text: (name) => texts.get(name) ?? null,
      })
    }
    return { name: this.#store.name, backups }
  }

  /** Deletes a backup, or what an upload left; never one that is kept by its {@link PIN_NAME} by now. */
  async remove(name: string): Promise<void> {
    const id = name.startsWith(PARTIAL_PREFIX) ? name.slice(PARTIAL_PREFIX.length) : name
    const files = (await this.#files()).get(id) ?? new Map<string, StoredFile>()
    if (files.has(PIN_NAME)) throw new DbopsError('REFUSED', `${id} is kept by a file ${PIN_NAME}`)
    const names = [...files.keys()].sort((a, b) => Number(b === MANIFEST_NAME) - Number(a === MANIFEST_NAME))
    for (const file of names) await this.#store.remove(`${id}/${file}`)
  }

  /** Files of each backup by name; what has another form of name is not ours. */
  async #files(): Promise<Map<string, Map<string, StoredFile>>> {
    const all = new Map<string, Map<string, StoredFile>>()
    for (const file of await this.#store.list()) {
      if (!isBackupKey(file.key)) continue
      const [id, name] = file.key.split('/')
      all.set(id, (all.get(id) ?? new Map<string, StoredFile>()).set(name, file))
    }
    return all
  }

  async #text(key: string): Promise<string> {
    const parts: Uint8Array[] = []
    for await (const part of this.#store.get(key)) parts.push(part)
    return Buffer.concat(parts).toString('utf8')
  }
}

function isManifestOf(id: string, text: string): boolean {
  try {
    return (JSON.parse(text) as Partial<BackupManifest> | null)?.id === id
  } catch {
    return false
  }
}

/** A store that tells no times is believed to be busy. */
function isRecent(files: ReadonlyMap<string, StoredFile>, now: Date): boolean {
  return [...files.values()].some(
    ({ modifiedAt }) => modifiedAt === null || now.getTime() - modifiedAt.getTime() < UNFINISHED_AFTER_MS,
  )
}
