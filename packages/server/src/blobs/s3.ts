import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { S3mini } from 's3mini'
import { type Blobs, checkKey, type ListedBlob, type StoredBlob } from './blobs.ts'
import { HashingStream } from './hashing.ts'

export interface S3Options {
  /** URL with the bucket. */
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Where captures are put for programs that need a file. */
  readonly temporaryFolder: string
}

/** S3 demands 5 MiB for every part but the last. */
const PART_BYTES = 8 << 20
const CONTENT_TYPE = 'application/octet-stream'

/** Blobs as objects of an S3-compatible store, uploaded in parts, so that no capture is ever in memory as a whole. */
export class S3Blobs implements Blobs {
  readonly #store: S3mini
  readonly #folder: string

  constructor({ temporaryFolder, ...options }: S3Options) {
    // a store that sends us elsewhere is no store: it could name any machine that only we can reach
    this.#store = new S3mini({ ...options, fetch: (url, init) => fetch(url, { ...init, redirect: 'error' }) })
    this.#folder = temporaryFolder
  }

  async put(key: string, content: Readable, mostBytes: number): Promise<StoredBlob> {
    checkKey(key)
    const hashing = new HashingStream(mostBytes)
    const piped = pipeline(content, hashing)
    piped.catch(() => undefined) // told by the loop below, which reads the same stream
    let upload: string | null = null
    const parts: { partNumber: number; etag: string }[] = []
    try {
      for await (const part of partsOf(hashing)) {
        upload ??= await this.#store.getMultipartUploadId(key, CONTENT_TYPE)
        parts.push(await this.#store.uploadPart(key, upload, part, parts.length + 1))
      }
      await piped
      if (upload === null) await this.#store.putObject(key, Buffer.alloc(0), CONTENT_TYPE)
      else await this.#store.completeMultipartUpload(key, upload, parts)
    } catch (error) {
      if (upload !== null) await this.#store.abortMultipartUpload(key, upload)
      throw error
    }
    return hashing.result()
  }

  async open(key: string): Promise<Readable | null> {
    const response = await this.#store.getObjectResponse(checkKey(key))
    if (response === null || response.body === null) return null
    return Readable.fromWeb(response.body as import('node:stream/web').ReadableStream)
  }

  async has(key: string): Promise<boolean> {
    return (await this.#store.objectExists(checkKey(key))) === true
  }

  async delete(key: string): Promise<boolean> {
    if (!(await this.has(key))) return false
    return this.#store.deleteObject(key)
  }

  async *list(prefix: string, beginning = ''): AsyncIterable<ListedBlob> {
    const objects = (await this.#store.listObjects('/', `${prefix}/${beginning}`)) ?? []
    for (const { Key, Size, LastModified } of objects) {
      yield { key: Key, bytes: Number(Size), modifiedAt: new Date(LastModified) }
    }
  }

  async file(key: string): Promise<{ path: string; release(): Promise<void> } | null> {
    const content = await this.open(key)
    if (content === null) return null
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const path = join(this.#folder, randomUUID())
    await pipeline(content, createWriteStream(path, { flags: 'wx', mode: 0o600 }))
    return { path, release: () => rm(path, { force: true }) }
  }
}

async function* partsOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    held.push(chunk)
    bytes += chunk.length
    if (bytes < PART_BYTES) continue
    yield Buffer.concat(held)
    held = []
    bytes = 0
  }
  if (bytes > 0) yield Buffer.concat(held)
}
