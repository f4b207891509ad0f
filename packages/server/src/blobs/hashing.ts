import { createHash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { BlobTooLarge, type StoredBlob } from './blobs.ts'
import { passed } from './young-garbage.ts'

/** Passes bytes on while counting and hashing them; fails as soon as there are too many. */
export class HashingStream extends Transform {
  readonly #hash = createHash('sha256')
  readonly #most: number
  #bytes = 0

  constructor(mostBytes: number) {
    super()
    this.#most = mostBytes
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#bytes += chunk.length
    if (this.#bytes > this.#most) {
      done(new BlobTooLarge())
      return
    }
    this.#hash.update(chunk)
    passed(chunk.length)
    done(null, chunk)
  }

  /** Call it once, after the end. */
  result(): StoredBlob {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }
}
