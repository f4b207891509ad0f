import type { Readable } from 'node:stream'
import { Server } from '@tus/server'
import type { UploadParts } from './upload-parts.ts'

/** Where the protocol is spoken; ids of uploads follow. */
export const UPLOADS_PATH = '/api/uploads'
/** Tells the server of the protocol which id an upload gets. */
export const ID_HEADER = 'x-upload-id'

/** An upload that has begun. */
export interface PartialUpload {
  readonly id: string
  readonly ownerId: string
  readonly filename: string
  readonly bytes: number
  /** So many of them are here. */
  readonly receivedBytes: number
}

/** Captures that come in parts, by the tus protocol, until they are whole. */
export class PartialUploads {
  readonly #parts: UploadParts
  readonly #lifeMs: number
  readonly #now: () => Date
  readonly #server: Server

  constructor({ parts, lifeMs, now }: { parts: UploadParts; lifeMs: number; now: () => Date }) {
    this.#parts = parts
    this.#lifeMs = lifeMs
    this.#now = now
    this.#server = new Server({
      path: UPLOADS_PATH,
      datastore: parts.store,
      relativeLocation: true,
      namingFunction: (request) => request.headers.get(ID_HEADER) ?? '',
    })
  }

  /** Answers a request of the protocol; who asks was checked before. */
  async answer(request: Request): Promise<Response> {
    await this.#parts.prepare()
    return this.#server.handleWeb(request)
  }

  /** Null when there is no such upload, or not any more. */
  async find(id: string): Promise<PartialUpload | null> {
    const found = await this.#parts.store.getUpload(id).catch((error: { status_code?: number }) => {
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
    const all = await Promise.all([...(await this.#parts.list()).keys()].map((id) => this.find(id)))
    return all.filter((upload): upload is PartialUpload => upload?.ownerId === ownerId)
  }

  content(id: string): Readable {
    return this.#parts.content(id)
  }

  remove(id: string): Promise<void> {
    return this.#parts.remove(id)
  }

  /** Removes what nobody went on with; returns how many. */
  async removeAbandoned(): Promise<number> {
    const before = this.#now().getTime() - this.#lifeMs
    let removed = 0
    for (const [id, lastUsed] of await this.#parts.list()) {
      if (lastUsed.getTime() >= before) continue
      await this.remove(id)
      removed++
    }
    return removed
  }
}
