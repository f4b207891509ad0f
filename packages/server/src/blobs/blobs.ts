import type { Readable } from 'node:stream'

/** What was stored. */
export interface StoredBlob {
  readonly bytes: number
  /** SHA-256, hexadecimal. */
  readonly sha256: string
}

/** One entry of {@link Blobs.list}. */
export interface ListedBlob {
  readonly key: string
  readonly bytes: number
  readonly modifiedAt: Date
}

/** Thrown by {@link Blobs.put} when more comes than may. */
export class BlobTooLarge extends Error {
  constructor() {
    super('the blob is larger than allowed')
    this.name = 'BlobTooLarge'
  }
}

/** Where captures and reports are kept. Keys look like `uploads/ID.pcap`; a blob is there whole or not at all. */
export interface Blobs {
  /** Stores a stream while hashing it. Nothing stays when it fails. @throws {BlobTooLarge} */
  put(key: string, content: Readable, mostBytes: number): Promise<StoredBlob>
  /** The bytes, or null when there are none. */
  open(key: string): Promise<Readable | null>
  has(key: string): Promise<boolean>
  /** False when there was nothing to delete. */
  delete(key: string): Promise<boolean>
  /** Those of a folder, or only those whose names begin so. */
  list(prefix: string, beginning?: string): AsyncIterable<ListedBlob>
  /** A file with the bytes, for programs that need one; `release` when done. Null when there is no such blob. */
  file(key: string): Promise<{ path: string; release(): Promise<void> } | null>
}

const KEY = /^[a-z]+\/[0-9A-Za-z._-]+$/

/** Keys are made by us; whatever else is refused before it becomes a path. */
export function checkKey(key: string): string {
  if (!KEY.test(key) || key.includes('..')) throw new Error('not a key of a blob')
  return key
}
