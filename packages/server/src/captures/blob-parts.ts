import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { DataStore, ERRORS, Upload } from '@tus/server'
import type { Blobs, ListedBlob } from '../blobs/blobs.ts'
import { ID_LENGTH, later, type UploadParts } from './upload-parts.ts'

const FOLDER = 'parts'
const INFO = '.json'
const OFFSET_DIGITS = 16
/** So much of a request is held before it is stored; what was received when a connection breaks is stored too. */
const PIECE_BYTES = 8 << 20

const infoKey = (id: string) => `${FOLDER}/${id}${INFO}`
/** No two pieces have the same name: what one instance stores late overwrites nothing of another. */
const newPieceKey = (id: string, offset: number) =>
  `${FOLDER}/${id}.${String(offset).padStart(OFFSET_DIGITS, '0')}.${randomUUID()}`
const offsetOf = (key: string) => Number(key.slice(FOLDER.length + ID_LENGTH + 2).slice(0, OFFSET_DIGITS))

/**
 * Uploads in parts as pieces in the store of captures, each under the offset at which it begins, so that any instance on any machine can go on
 * with an upload that another has begun. How far one came is where its pieces stop following each other.
 */
export class BlobParts implements UploadParts {
  readonly store: DataStore
  readonly #blobs: Blobs

  constructor(blobs: Blobs, lifeMs: number) {
    this.#blobs = blobs
    this.store = new PieceStore(blobs, lifeMs)
  }

  async prepare(): Promise<void> {}

  content(id: string): Readable {
    return Readable.from(this.#bytes(id))
  }

  remove(id: string): Promise<void> {
    return this.store.remove(id)
  }

  async list(): Promise<ReadonlyMap<string, Date>> {
    const found = new Map<string, Date>()
    for await (const { key, modifiedAt } of this.#blobs.list(FOLDER)) {
      const id = key.slice(FOLDER.length + 1, FOLDER.length + 1 + ID_LENGTH)
      found.set(id, later(found.get(id), modifiedAt))
    }
    return found
  }

  async *#bytes(id: string): AsyncGenerator<Buffer> {
    for (const { key } of await piecesOf(this.#blobs, id)) {
      const piece = await this.#blobs.open(key)
      if (piece === null) throw new Error(`a piece of the upload ${id} is gone`)
      yield* piece
    }
  }
}

/** What the protocol's server asks of a store. */
class PieceStore extends DataStore {
  readonly #blobs: Blobs
  readonly #lifeMs: number

  constructor(blobs: Blobs, lifeMs: number) {
    super()
    this.#blobs = blobs
    this.#lifeMs = lifeMs
    this.extensions = ['creation', 'creation-with-upload', 'termination', 'expiration']
  }

  override async create(upload: Upload): Promise<Upload> {
    upload.creation_date = new Date().toISOString()
    const { id, size, metadata, creation_date } = upload
    const info = Buffer.from(JSON.stringify({ id, size, metadata, creation_date }))
    await this.#blobs.put(infoKey(id), Readable.from([info]), info.length)
    return upload
  }

  override async getUpload(id: string): Promise<Upload> {
    const info = await this.#blobs.open(infoKey(id))
    if (info === null) throw ERRORS.FILE_NOT_FOUND
    const pieces = await piecesOf(this.#blobs, id)
    const offset = pieces.reduce((sum, { bytes }) => sum + bytes, 0)
    return new Upload({ ...JSON.parse((await buffer(info)).toString('utf8')), offset })
  }

  override async write(content: Readable, id: string, offset: number): Promise<number> {
    let held: Buffer[] = []
    let heldBytes = 0
    let storedTo = offset
    const store = async () => {
      if (heldBytes === 0) return
      await this.#blobs.put(newPieceKey(id, storedTo), Readable.from(held), heldBytes)
      storedTo += heldBytes
      held = []
      heldBytes = 0
    }
    try {
      for await (const chunk of content) {
        held.push(chunk as Buffer)
        heldBytes += (chunk as Buffer).length
        if (heldBytes >= PIECE_BYTES) await store()
      }
    } finally {
      await store()
    }
    return storedTo
  }

  override async remove(id: string): Promise<void> {
    // what says that there is an upload goes last
    for await (const { key } of this.#blobs.list(FOLDER, `${id}.`)) {
      if (key !== infoKey(id)) await this.#blobs.delete(key)
    }
    await this.#blobs.delete(infoKey(id))
  }

  override async deleteExpired(): Promise<number> {
    return 0 // housekeeping does
  }

  override getExpiration(): number {
    return this.#lifeMs
  }
}

/** Those that follow each other from the beginning, as far as any do. Pieces at the same place hold the same bytes, one perhaps more. */
async function piecesOf(blobs: Blobs, id: string): Promise<ListedBlob[]> {
  const all: ListedBlob[] = []
  for await (const blob of blobs.list(FOLDER, `${id}.`)) if (blob.key !== infoKey(id)) all.push(blob)
  /** The piece that ends at an offset and begins where another ends. */
  const endingAt = new Map<number, ListedBlob>()
  let end = 0
  for (const piece of all.toSorted((a, b) => offsetOf(a.key) - offsetOf(b.key))) {
    const offset = offsetOf(piece.key)
    if (piece.bytes === 0 || (offset > 0 && !endingAt.has(offset))) continue
    endingAt.set(offset + piece.bytes, piece)
    end = Math.max(end, offset + piece.bytes)
  }
  const pieces: ListedBlob[] = []
  for (let piece = endingAt.get(end); piece !== undefined; piece = endingAt.get(offsetOf(piece.key)))
    pieces.unshift(piece)
  return pieces
}
