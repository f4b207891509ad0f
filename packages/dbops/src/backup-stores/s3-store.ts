import { statSync } from 'node:fs'
import { S3mini } from 's3mini'
import { DbopsError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { type BackupStore, PART_BYTES, type StoredFile, storeError } from './backup-store.ts'
import { readPart } from './read-part.ts'

export interface S3StoreOptions {
  /** `https://s3.example/bucket`. */
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
  readonly region?: string
  /** Before every name; ends without a slash. */
  readonly prefix?: string
}

/** An S3-compatible store (Signature Version 4); large files go in parts. */
export class S3Store implements BackupStore {
  readonly name: string
  readonly #client: S3mini
  readonly #prefix: string

  constructor({ endpoint, accessKeyId, secretAccessKey, region = 'auto', prefix = '' }: S3StoreOptions) {
    this.name = endpoint
    this.#client = new S3mini({ endpoint, accessKeyId, secretAccessKey: secretAccessKey.reveal(), region })
    this.#prefix = prefix === '' ? '' : `${prefix}/`
  }

  async put(key: string, path: string): Promise<void> {
    const name = this.#prefix + key
    const { size } = statSync(path)
    try {
      if (size <= PART_BYTES) {
        await this.#client.putObject(name, readPart(path, 0, size))
        return
      }
      const upload = await this.#client.getMultipartUploadId(name)
      const parts = []
      for (let start = 0, number = 1; start < size; start += PART_BYTES, number++)
        parts.push(
          await this.#client.uploadPart(
            name,
            upload,
            readPart(path, start, Math.min(PART_BYTES, size - start)),
            number,
          ),
        )
      await this.#client.completeMultipartUpload(name, upload, parts)
    } catch (cause) {
      throw storeError(this.name, `putting ${name}`, cause)
    }
  }

  async *get(key: string): AsyncGenerator<Uint8Array> {
    try {
      const response = await this.#client.getObjectResponse(this.#prefix + key)
      if (response?.body == null) throw new DbopsError('INTEGRITY', `${key} is missing in ${this.name}`)
      for await (const part of response.body) yield part as Uint8Array
    } catch (cause) {
      throw storeError(this.name, `getting ${key}`, cause)
    }
  }

  async list(): Promise<StoredFile[]> {
    try {
      const found = (await this.#client.listObjects('/', this.#prefix)) ?? []
      return found.map(({ Key: key, Size: bytes, LastModified: at }) => ({
        key: key.slice(this.#prefix.length),
        bytes: Number(bytes),
        modifiedAt: new Date(at),
      }))
    } catch (cause) {
      throw storeError(this.name, 'listing', cause)
    }
  }

  async remove(key: string): Promise<void> {
    try {
      await this.#client.deleteObject(this.#prefix + key)
    } catch (cause) {
      throw storeError(this.name, `removing ${key}`, cause)
    }
  }

  async close(): Promise<void> {}
}
