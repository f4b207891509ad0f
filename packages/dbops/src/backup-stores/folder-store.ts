import { createReadStream, existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { copyFile, mkdir, open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DbopsError } from '../errors.ts'
import { syncFolder } from '../state/atomic-write.ts'
import { type BackupStore, type StoredFile, storeError } from './backup-store.ts'

/** A second folder, such as a mounted share. It has to be there: what is not mounted is not filled by mistake. */
export class FolderStore implements BackupStore {
  readonly name: string

  constructor(folder: string) {
    if (!existsSync(folder))
      throw new DbopsError('USAGE', `${folder} does not exist`, { hint: 'mount it, or make the folder' })
    this.name = folder
  }

  async put(key: string, path: string): Promise<void> {
    const to = join(this.name, key)
    const partial = `${to}.part`
    try {
      await mkdir(dirname(to), { recursive: true, mode: 0o700 })
      await copyFile(path, partial)
      const file = await open(partial, 'r+')
      await file.sync().finally(() => file.close())
      await rename(partial, to)
      syncFolder(dirname(to))
    } catch (cause) {
      rmSync(partial, { force: true })
      throw storeError(this.name, `writing ${key}`, cause)
    }
  }

  async *get(key: string): AsyncGenerator<Uint8Array> {
    const path = join(this.name, key)
    if (!existsSync(path)) throw new DbopsError('INTEGRITY', `${key} is missing in ${this.name}`)
    yield* createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>
  }

  async list(): Promise<StoredFile[]> {
    const names = readdirSync(this.name, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    return names.flatMap(({ name }) =>
      readdirSync(join(this.name, name), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => {
          const { size: bytes, mtime } = statSync(join(this.name, name, entry.name))
          return { key: `${name}/${entry.name}`, bytes, modifiedAt: mtime }
        }),
    )
  }

  async remove(key: string): Promise<void> {
    const path = join(this.name, key)
    rmSync(path, { force: true })
    if (readdirSync(dirname(path)).length === 0) rmSync(dirname(path), { recursive: true })
  }

  async close(): Promise<void> {}
}
