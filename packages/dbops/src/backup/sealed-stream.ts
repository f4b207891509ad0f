import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { DbopsError } from '../errors.ts'

/** `DBOPSEA1`, chunk size in bytes (u32), nonce prefix (7 bytes), one byte reserved. */
const MAGIC = Buffer.from('DBOPSEA1')
const HEADER_BYTES = MAGIC.length + 4 + 7 + 1
const TAG_BYTES = 16
export const DEFAULT_CHUNK_BYTES = 256 << 10

/** What a stream is bound to, so that it cannot stand for another one of the same key. */
export interface SealContext {
  readonly dataKey: Buffer
  readonly backupId: string
  readonly fileName: string
}

/**
 * Encrypts in chunks of AES-256-GCM; the nonce holds the number of the chunk and whether it is the last, so that flips, swaps,
 * insertions and truncations are all seen (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár).
 */
export class SealStream extends Transform {
  readonly #key: Buffer
  readonly #header: Buffer
  readonly #associated: Buffer
  readonly #chunkBytes: number
  #parts: Buffer[] = []
  #held = 0
  #counter = 0

  constructor(context: SealContext, chunkBytes = DEFAULT_CHUNK_BYTES) {
    super()
    this.#chunkBytes = chunkBytes
    this.#header = Buffer.alloc(HEADER_BYTES)
    MAGIC.copy(this.#header)
    this.#header.writeUInt32BE(chunkBytes, MAGIC.length)
    randomBytes(7).copy(this.#header, MAGIC.length + 4)
    this.#key = streamKey(context, this.#header)
    this.#associated = associatedData(context, this.#header)
    this.push(this.#header)
  }

  override _transform(bytes: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#parts.push(bytes)
    this.#held += bytes.length
    // a chunk goes out only when more follows: the last one must carry its flag
    if (this.#held > this.#chunkBytes) {
      const all = Buffer.concat(this.#parts, this.#held)
      let start = 0
      for (; all.length - start > this.#chunkBytes; start += this.#chunkBytes) {
        this.#seal(all.subarray(start, start + this.#chunkBytes), false)
      }
      this.#parts = [all.subarray(start)]
      this.#held = all.length - start
    }
    done()
  }

  override _flush(done: TransformCallback): void {
    this.#seal(Buffer.concat(this.#parts, this.#held), true)
    done()
  }

  #seal(plain: Buffer, isLast: boolean): void {
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonceOf(this.#header, this.#counter++, isLast))
    cipher.setAAD(this.#associated)
    this.push(cipher.update(plain))
    cipher.final()
    this.push(cipher.getAuthTag())
  }
}

/** The way back; ends with INTEGRITY at the first chunk that is not authentic, or when the last one is missing. */
export class OpenStream extends Transform {
  readonly #context: SealContext
  #header: Buffer | null = null
  #key: Buffer = Buffer.alloc(0)
  #associated: Buffer = Buffer.alloc(0)
  #sealedBytes = 0
  #parts: Buffer[] = []
  #held = 0
  #counter = 0

  constructor(context: SealContext) {
    super()
    this.#context = context
  }

  override _transform(bytes: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#parts.push(bytes)
    this.#held += bytes.length
    try {
      if (this.#header === null && this.#held >= HEADER_BYTES) this.#readHeader()
      if (this.#header !== null && this.#held > this.#sealedBytes) this.#openFull()
      done()
    } catch (error) {
      done(error as Error)
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      if (this.#header === null)
        throw new DbopsError('INTEGRITY', `${this.#context.fileName} is shorter than its header`)
      this.#open(this.#take(), true)
      done()
    } catch (error) {
      done(error as Error)
    }
  }

  #readHeader(): void {
    const all = this.#take()
    const header = all.subarray(0, HEADER_BYTES)
    if (!header.subarray(0, MAGIC.length).equals(MAGIC))
      throw new DbopsError('INTEGRITY', `${this.#context.fileName} does not begin as an encrypted file of ours`)
    const chunkBytes = header.readUInt32BE(MAGIC.length)
    if (chunkBytes < 1 || chunkBytes > 64 << 20)
      throw new DbopsError('INTEGRITY', `${this.#context.fileName} has a damaged header`)
    this.#header = header
    this.#key = streamKey(this.#context, header)
    this.#associated = associatedData(this.#context, header)
    this.#sealedBytes = chunkBytes + TAG_BYTES
    this.#keep(all.subarray(HEADER_BYTES))
  }

  #openFull(): void {
    const all = this.#take()
    let start = 0
    for (; all.length - start > this.#sealedBytes; start += this.#sealedBytes) {
      this.#open(all.subarray(start, start + this.#sealedBytes), false)
    }
    this.#keep(all.subarray(start))
  }

  #open(sealed: Buffer, isLast: boolean): void {
    const number = this.#counter++
    const { fileName } = this.#context
    if (this.#header === null || sealed.length < TAG_BYTES)
      throw new DbopsError('INTEGRITY', `${fileName} is cut off in chunk ${number}`)
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonceOf(this.#header, number, isLast))
    decipher.setAAD(this.#associated)
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
    const plain = decipher.update(sealed.subarray(0, -TAG_BYTES))
    try {
      decipher.final()
    } catch (cause) {
      throw new DbopsError(
        'INTEGRITY',
        `${fileName} is not authentic in chunk ${number}${isLast ? ', or cut off there' : ''}`,
        { cause },
      )
    }
    this.push(plain)
  }

  #take(): Buffer {
    const all = Buffer.concat(this.#parts, this.#held)
    this.#parts = []
    this.#held = 0
    return all
  }

  #keep(rest: Buffer): void {
    this.#parts = [rest]
    this.#held = rest.length
  }
}

function streamKey({ dataKey, fileName }: SealContext, header: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', dataKey, header, `dbops file\0${fileName}`, 32))
}

function associatedData({ backupId, fileName }: SealContext, header: Buffer): Buffer {
  return Buffer.concat([header, Buffer.from(`${backupId}\0${fileName}`)])
}

function nonceOf(header: Buffer, counter: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  header.copy(nonce, 0, MAGIC.length + 4, MAGIC.length + 11)
  nonce.writeUInt32BE(counter, 7)
  nonce[11] = isLast ? 1 : 0
  return nonce
}
