import { createHash, type Hash } from 'node:crypto'
import { constants, lstatSync, renameSync, rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { DbopsError } from '../errors.ts'
import { syncFolder } from '../state/atomic-write.ts'

/**
 * Puts `path.gz` in the place of a file, with its owner, mode and time; the file goes only when what was written reads back the same.
 * @throws {DbopsError} REFUSED when something has that name already, or the file was written to meanwhile
 */
export async function compressFile(path: string): Promise<{ bytes: number; compressedBytes: number }> {
  const target = `${path}.gz`
  const partial = `${target}.partial`
  const before = lstatSync(path)
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined)
    throw new DbopsError('REFUSED', `${target} exists, and is not overwritten`)
  rmSync(partial, { force: true })
  const source = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const sink = await open(partial, 'wx+', 0o600)
    try {
      const written = createHash('sha256')
      await pipeline(source.createReadStream({ autoClose: false }), hashed(written), createGzip(), into(sink))
      await sink.sync()
      const digest = written.digest('hex')
      const readBack = createHash('sha256')
      const ignored = new Writable({ write: (_chunk, _encoding, done) => done() })
      await pipeline(sink.createReadStream({ start: 0, autoClose: false }), createGunzip(), hashed(readBack), ignored)
      if (readBack.digest('hex') !== digest) throw new DbopsError('INTEGRITY', `${partial} does not read back the same`)
      const after = await source.stat()
      if (after.size !== before.size || after.mtimeMs !== before.mtimeMs || after.ino !== before.ino)
        throw new DbopsError('REFUSED', `${path} was written to meanwhile`)
      if (process.getuid?.() === 0) await sink.chown(before.uid, before.gid)
      await sink.chmod(before.mode & 0o777)
      await sink.utimes(before.atime, before.mtime)
      const { size: compressedBytes } = await sink.stat()
      renameSync(partial, target)
      rmSync(path)
      syncFolder(dirname(path))
      return { bytes: before.size, compressedBytes }
    } finally {
      await sink.close()
    }
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  } finally {
    await source.close()
  }
}

function hashed(hash: Hash): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
}

function into(file: FileHandle): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      file.writeFile(chunk).then(() => done(), done)
    },
  })
}
