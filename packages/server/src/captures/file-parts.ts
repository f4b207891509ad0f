import { createReadStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { FileStore } from '@tus/file-store'
import { ID_LENGTH, later, type UploadParts } from './upload-parts.ts'

const INFO = '.json'

/** Uploads in parts as files of one folder. */
export class FileParts implements UploadParts {
  readonly store: FileStore
  readonly #folder: string

  constructor(folder: string, lifeMs: number) {
    this.#folder = folder
    this.store = new FileStore({ directory: folder, expirationPeriodInMilliseconds: lifeMs })
  }

  async prepare(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
  }

  content(id: string): Readable {
    return createReadStream(join(this.#folder, id))
  }

  async remove(id: string): Promise<void> {
    for (const name of [id, id + INFO]) await rm(join(this.#folder, name), { force: true })
  }

  async list(): Promise<ReadonlyMap<string, Date>> {
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
    const found = new Map<string, Date>()
    for (const name of names) {
      const status = await stat(join(this.#folder, name)).catch(() => null) // ended meanwhile
      const id = name.slice(0, ID_LENGTH)
      if (status !== null) found.set(id, later(found.get(id), status.mtime))
    }
    return found
  }
}
