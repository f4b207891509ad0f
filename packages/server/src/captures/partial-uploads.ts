import { createReadStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'

/** Where the protocol is spoken; ids of uploads follow. */
export const UPLOADS_PATH = '/api/uploads'
/** Tells the server of the protocol which id an upload gets. */
export const ID_HEADER = 'x-upload-id'
const INFO = '.json'
const UUID_LENGTH = 36

/** An upload that has begun. */
export interface PartialUpload {
  readonly id: string
  readonly ownerId: string
  readonly filename: string
  readonly bytes: number
  /** So many of them are here. */
  readonly receivedBytes: number
}

/** Captures that come in parts, by the tus protocol, as files of one folder until they are whole. */
export class PartialUploads {
  readonly #folder: string
  readonly #lifeMs: number
  readonly #now: () => Date
  readonly #store: FileStore
  readonly #server: Server

  constructor({ folder, lifeMs, now }: { folder: string; lifeMs: number; now: () => Date }) {
    this.#folder = folder
    this.#lifeMs = lifeMs
    this.#now = now
    this.#store = new FileStore({ directory: folder, expirationPeriodInMilliseconds: lifeMs })
    this.#server = new Server({
      path: UPLOADS_PATH,
      datastore: this.#store,
      relativeLocation: true,
      namingFunction: (request) => request.headers.get(ID_HEADER) ?? '',
    })
  }

  /** Answers a request of the protocol; who asks was checked before. */
  async answer(request: Request): Promise<Response> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    return this.#server.handleWeb(request)
  }

  /** Null when there is no such upload, or not any more. */
  async find(id: string): Promise<PartialUpload | null> {
    const found = await this.#store.getUpload(id).catch((error: { status_code?: number }) => {
      if (error.status_code === 404 || error.status_code === 410) return null
      throw error
    })
    if (found === null) return null
    const { metadata, size, offset, creation_date } = found
    const isOver = this.#now().getTime() > new Date(creation_date ?? 0).getTime() + this.#lifeMs
    if (isOver) return null
    const { owner, filename } = metadata ?? {}
    return { id, ownerId: owner ?? '', filename: filename ?? '', bytes: size ?? 0, receivedBytes: offset }
  }

  /** What a user has begun and not ended. */
  async of(ownerId: string): Promise<PartialUpload[]> {
    const all = await Promise.all((await this.#ids()).map((id) => this.find(id)))
    return all.filter((upload): upload is PartialUpload => upload?.ownerId === ownerId)
  }

  content(id: string): Readable {
    return createReadStream(join(this.#folder, id))
  }

  async remove(id: string): Promise<void> {
    for (const name of [id, id + INFO]) await rm(join(this.#folder, name), { force: true })
  }

  /** Removes what nobody went on with; returns how many. */
  async removeAbandoned(): Promise<number> {
    const before = this.#now().getTime() - this.#lifeMs
    let removed = 0
    for (const id of await this.#ids()) {
      const found = await stat(join(this.#folder, id)).catch(() => null) // ended meanwhile
      if (found === null || found.mtimeMs >= before) continue
      await this.remove(id)
      removed++
    }
    return removed
  }

  async #ids(): Promise<string[]> {
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
    return [...new Set(names.map((name) => name.slice(0, UUID_LENGTH)))]
  }
}
