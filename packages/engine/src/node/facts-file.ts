import { statSync, writeSync } from 'node:fs'
import { EngineError } from '../errors.ts'
import { Facts } from '../facts/facts.ts'
import { type Limits, withLimits } from '../limits.ts'
import { FileSpool } from './file-spool.ts'
import { type ProgressListener, readFile } from './read-file.ts'

/**
 * Prints the facts of one capture (docs/reference/facts.md) to a file descriptor. Lists go through a temporary file, so memory
 * grows with flows alone. @throws {EngineError} as {@link readFile}.
 */
export async function factsFile(
  path: string,
  descriptor: number,
  options: { limits?: Partial<Limits>; onProgress?: ProgressListener; signal?: AbortSignal } = {},
): Promise<void> {
  const spool = new FileSpool()
  try {
    const facts = new Facts(spool, withLimits(options.limits))
    const { run } = facts
    const file = { name: path.split('/').at(-1) ?? path, size: path === '-' ? 0 : sizeOf(path) }
    try {
      await readFile(run, path, options)
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'DAMAGED_HEADER') throw error
      facts.printUnreadable(file, error.message, (piece) => writeAll(descriptor, piece))
      throw error
    }
    run.finish()
    facts.print(file, (piece) => writeAll(descriptor, piece))
  } finally {
    spool.close()
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0 // readFile says what is wrong
  }
}

/** Writes everything, also to a pipe that is full for the moment. */
function writeAll(descriptor: number, piece: Uint8Array): void {
  let written = 0
  while (written < piece.length) {
    try {
      written += writeSync(descriptor, piece, written)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN') throw cause
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
