import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Blobs, checkKey, type ListedBlob, type StoredBlob } from './blobs.ts'
import { HashingStream } from './hashing.ts'

const TEMPORARY = '.part'

/** Blobs as files below a folder: written under another name, flushed, renamed. */
export class DirectoryBlobs implements Blobs {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async put(key: string, content: Readable, mostBytes: number): Promise<StoredBlob> {
    const path = this.#pathOf(key)
    const temporary = `${path}.${randomUUID()}${TEMPORARY}`
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const hashing = new HashingStream(mostBytes)
    try {
      await pipeline(content, hashing, createWriteStream(temporary, { flags: 'wx', mode: 0o600 }))
      const file = await open(temporary, 'r+')
      await file.datasync().finally(() => file.close())
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    return hashing.result()
  }

  async open(key: string): Promise<Readable | null> {
    const path = this.#pathOf(key)
    return (await isFile(path)) ? createReadStream(path) : null
  }

  has(key: string): Promise<boolean> {
    return isFile(this.#pathOf(key))
  }

  async delete(key: string): Promise<boolean> {
    try {
      await rm(this.#pathOf(key))
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
  }

  async *list(prefix: string, beginning = ''): AsyncIterable<ListedBlob> {
    const folder = join(this.#folder, prefix)
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
    for (const name of names) {
      if (!name.startsWith(beginning)) continue
      const found = await stat(join(folder, name)).catch(() => null) // gone meanwhile
      if (found?.isFile()) yield { key: `${prefix}/${name}`, bytes: found.size, modifiedAt: found.mtime }
    }
  }

  async file(key: string): Promise<{ path: string; release(): Promise<void> } | null> {
    const path = this.#pathOf(key)
    return (await isFile(path)) ? { path, release: async () => undefined } : null
  }

  #pathOf(key: string): string {
    return join(this.#folder, checkKey(key))
  }
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found?.isFile() === true
}
