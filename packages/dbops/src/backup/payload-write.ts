import { createHash } from 'node:crypto'
import { closeSync, createWriteStream, fsyncSync, openSync } from 'node:fs'
import { PassThrough, type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, createZstdCompress } from 'node:zlib'
import type { BackupFile, Compression } from './manifest.ts'
import { SealStream } from './sealed-stream.ts'

/** Counts and hashes what flows through, unchanged. */
export class HashTap extends Transform {
  readonly #hash = createHash('sha256')
  bytes = 0

  override _transform(chunk: Buffer, _: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.#hash.update(chunk)
    this.bytes += chunk.length
    done(null, chunk)
  }

  /** Call it once, when the stream has ended. */
  sha256(): string {
    return this.#hash.digest('hex')
  }
}

export interface PayloadOptions {
  readonly path: string
  readonly backupId: string
  readonly file: Pick<BackupFile, 'name' | 'holds' | 'format' | 'compression'>
  /** Without one the file is stored as it is. */
  readonly dataKey: Buffer | null
  readonly chunkBytes?: number
}

/** Streams a source through compression and encryption into a file that is on disk when it returns; plaintext is never written. */
export async function writePayload(source: Readable, options: PayloadOptions): Promise<BackupFile> {
  const { path, backupId, file, dataKey, chunkBytes } = options
  const plain = new HashTap()
  const stored = new HashTap()
  const seal =
    dataKey === null ? new PassThrough() : new SealStream({ dataKey, backupId, fileName: file.name }, chunkBytes)
  await pipeline(
    source,
    plain,
    compressor(file.compression),
    seal,
    stored,
    createWriteStream(path, { flags: 'wx', mode: 0o600 }),
  )
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  return {
    ...file,
    storedBytes: stored.bytes,
    storedSha256: stored.sha256(),
    plainBytes: plain.bytes,
    plainSha256: plain.sha256(),
  }
}

function compressor(compression: Compression): Transform {
  if (compression === 'gzip') return createGzip()
  return compression === 'zstd' ? createZstdCompress() : new PassThrough()
}
