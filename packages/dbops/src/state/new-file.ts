import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { DbopsError } from '../errors.ts'

/**
 * Writes a new file, whole and durable or not at all; no link and no file of somebody else is followed. Only we may read it unless the mode
 * says more. @throws {DbopsError} REFUSED when it is there already, USAGE when it cannot be made, INTERNAL when it cannot be written
 */
export function writeNewFile(path: string, text: string, mode = 0o600): void {
  let file: number
  try {
    file = openSync(path, 'wx', mode)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EEXIST') throw new DbopsError('REFUSED', `${path} exists and is not overwritten`)
    throw new DbopsError('USAGE', `${path} cannot be made (${code})`, { cause })
  }
  try {
    const bytes = Buffer.from(text)
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
    fsyncSync(file)
  } catch (cause) {
    rmSync(path, { force: true }) // half of it is nothing
    throw new DbopsError('INTERNAL', `${path} cannot be written (${(cause as NodeJS.ErrnoException).code})`, { cause })
  } finally {
    closeSync(file)
  }
}
