import { createHash } from 'node:crypto'
import { createReadStream, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, type Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { DbopsError } from '../errors.ts'
import type { BackupFile, BackupManifest, Compression } from './manifest.ts'
import { HashTap } from './payload-write.ts'
import { OpenStream } from './sealed-stream.ts'

/** Size and hash of a stored file. @throws {DbopsError} INTEGRITY when it is missing or not what was written */
export async function checkStored(folder: string, file: BackupFile): Promise<void> {
  const path = join(folder, file.name)
  if (!existsSync(path)) throw new DbopsError('INTEGRITY', `${file.name} is missing`)
  const { size } = statSync(path)
  if (size !== file.storedBytes)
    throw new DbopsError('INTEGRITY', `${file.name} has ${size} bytes, ${file.storedBytes} were written`)
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk)
  if (hash.digest('hex') !== file.storedSha256)
    throw new DbopsError('INTEGRITY', `${file.name} was changed since it was written`)
}

export interface ReadPayloadOptions {
  readonly folder: string
  readonly manifest: BackupManifest
  readonly file: BackupFile
  /** Null when the backup is not encrypted. */
  readonly dataKey: Buffer | null
}

/**
 * Streams a file decrypted and decompressed into a sink and proves afterwards that it was exactly what went in.
 * @throws {DbopsError} INTEGRITY
 */
export async function readPayload(
  { folder, manifest, file, dataKey }: ReadPayloadOptions,
  sink: Writable,
): Promise<void> {
  const plain = new HashTap()
  const open =
    dataKey === null ? new PassThrough() : new OpenStream({ dataKey, backupId: manifest.id, fileName: file.name })
  try {
    const source = createReadStream(join(folder, file.name), { highWaterMark: 1 << 18 })
    await pipeline(source, open, decompressor(file.compression), plain, sink)
  } catch (cause) {
    if (cause instanceof DbopsError) throw cause
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE')
      throw new DbopsError('CHILD_FAILED', `the reader of ${file.name} ended early`, { cause })
    throw new DbopsError('INTEGRITY', `${file.name} cannot be read whole: ${message}`, { cause })
  }
  if (plain.bytes !== file.plainBytes || plain.sha256() !== file.plainSha256)
    throw new DbopsError('INTEGRITY', `${file.name} does not hold what was written into it`)
}

function decompressor(compression: Compression): Transform {
  if (compression === 'gzip') return createGunzip()
  return compression === 'zstd' ? createZstdDecompress() : new PassThrough()
}
