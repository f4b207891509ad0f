import { createHash } from 'node:crypto'
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { S3mini } from 's3mini'
import { DbopsError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { MANIFEST_NAME, readManifest } from './manifest.ts'
import { checkStored } from './payload-read.ts'

export interface ObjectStoreOptions {
  /** `https://s3.example/bucket`. */
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
  readonly region?: string
  /** Before every name; ends without a slash. */
  readonly prefix?: string
}

const PART_BYTES = 8 << 20

/** An S3-compatible store that holds backups as folders of objects; the manifest goes up last, so that without it there is no backup. */
export class ObjectStore {
  readonly #client: S3mini
  readonly #prefix: string

  constructor({ endpoint, accessKeyId, secretAccessKey, region = 'auto', prefix = '' }: ObjectStoreOptions) {
    this.#client = new S3mini({ endpoint, accessKeyId, secretAccessKey: secretAccessKey.reveal(), region })
    this.#prefix = prefix === '' ? '' : `${prefix}/`
  }

  /** Uploads a backup and reads every object back. @throws {DbopsError} INTEGRITY when a hash differs */
  async push(folder: string): Promise<string> {
    const manifest = readManifest(folder)
    for (const file of manifest.files) await checkStored(folder, file)
    const names = [...readdirSync(folder).filter((name) => name !== MANIFEST_NAME), MANIFEST_NAME]
    for (const name of names) {
      const key = `${this.#prefix}${manifest.id}/${name}`
      await this.#put(key, join(folder, name))
      if ((await this.#hash(key)) !== hashOfFile(join(folder, name)))
        throw new DbopsError('INTEGRITY', `${key} is not what was uploaded`)
    }
    return manifest.id
  }

  /** Downloads a backup into a folder of backups; it gets its name when it is whole. */
  async pull(id: string, to: string): Promise<string> {
    const partial = join(to, `.partial-${id}`)
    mkdirSync(partial, { recursive: true, mode: 0o700 })
    try {
      for (const key of await this.#keys(`${this.#prefix}${id}/`)) {
        const path = join(partial, key.slice(`${this.#prefix}${id}/`.length))
        writeFileSync(path, '', { mode: 0o600 })
        for await (const part of this.#parts(key)) writeFileSync(path, part, { flag: 'a' })
      }
      for (const file of readManifest(partial).files) await checkStored(partial, file)
      renameSync(partial, join(to, id))
      return join(to, id)
    } catch (error) {
      rmSync(partial, { recursive: true, force: true })
      throw error
    }
  }

  /** Names of the backups that are there with a manifest. */
  async list(): Promise<string[]> {
    const keys = await this.#keys(this.#prefix)
    return keys
      .filter((key) => key.endsWith(`/${MANIFEST_NAME}`))
      .map((key) => key.slice(this.#prefix.length, -MANIFEST_NAME.length - 1))
      .sort()
  }

  async #put(key: string, path: string): Promise<void> {
    const { size } = statSync(path)
    if (size <= PART_BYTES) {
      await this.#client.putObject(key, readPart(path, 0, size))
      return
    }
    const upload = await this.#client.getMultipartUploadId(key)
    const parts = []
    for (let start = 0, number = 1; start < size; start += PART_BYTES, number++)
      parts.push(
        await this.#client.uploadPart(key, upload, readPart(path, start, Math.min(PART_BYTES, size - start)), number),
      )
    await this.#client.completeMultipartUpload(key, upload, parts)
  }

  async #hash(key: string): Promise<string> {
    const hash = createHash('sha256')
    for await (const part of this.#parts(key)) hash.update(part)
    return hash.digest('hex')
  }

  async *#parts(key: string): AsyncGenerator<Uint8Array> {
    const response = await this.#client.getObjectResponse(key)
    if (response?.body == null) throw new DbopsError('INTEGRITY', `${key} is missing in the object store`)
    for await (const part of response.body) yield part as Uint8Array
  }

  async #keys(prefix: string): Promise<string[]> {
    const found = (await this.#client.listObjects('/', prefix)) ?? []
    return found.map((object) => (object as { Key: string }).Key)
  }
}

function readPart(path: string, start: number, length: number): Buffer {
  const part = Buffer.alloc(length)
  const file = openSync(path, 'r')
  try {
    readSync(file, part, 0, length, start)
  } finally {
    closeSync(file)
  }
  return part
}

function hashOfFile(path: string): string {
  const hash = createHash('sha256')
  const { size } = statSync(path)
  for (let start = 0; start < size; start += PART_BYTES)
    hash.update(readPart(path, start, Math.min(PART_BYTES, size - start)))
  return hash.digest('hex')
}
