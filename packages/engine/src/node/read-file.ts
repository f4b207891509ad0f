import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { basename } from 'node:path'
import { type CaptureRun, DRAIN_ENDED, DRAIN_PAUSED, DRAIN_WANTS_BYTES, type DrainResult } from '../capture-run.ts'
import { EngineError } from '../errors.ts'

/** Fits the second-level cache; larger chunks are slower (docs/decisions/0004-small-chunks.md). */
const CHUNK_BYTES = 1 << 18
/** How often the event loop gets a turn, so that a signal or a progress bar is served. */
const BYTES_PER_TURN = 32 << 20
const PACKETS_PER_TURN = 250_000
const STANDARD_INPUT = 0

/** Told now and then while files are read. Bytes are those of the file, compressed if it is. */
export type ProgressListener = (progress: { readBytes: number; totalBytes: number | null; packets: number }) => void

/** Reads one file, or standard input for `-`, into the run. Synchronous reads: nothing is copied and nothing allocated per chunk.
 * @throws {EngineError} INPUT_UNREADABLE, ABORTED and those of the capture reader. */
export async function readFile(
  run: CaptureRun,
  path: string,
  options: { onProgress?: ProgressListener; signal?: AbortSignal } = {},
): Promise<void> {
  const { descriptor, totalBytes } = openInput(path)
  try {
    run.beginFile(path === '-' ? null : basename(path))
    let readBytes = 0
    let sinceTurn = 0
    for (let state: DrainResult = DRAIN_WANTS_BYTES; state !== DRAIN_ENDED; ) {
      if (state === DRAIN_WANTS_BYTES) {
        const length = readChunk(run, descriptor, path)
        readBytes += length
        sinceTurn += length
        if (length === 0) run.input.finish()
        state = drainFile(run, path)
        if (length === 0 && state === DRAIN_WANTS_BYTES) break
      } else {
        state = drainFile(run, path)
      }
      if (sinceTurn < BYTES_PER_TURN && state !== DRAIN_PAUSED) continue
      sinceTurn = 0
      options.onProgress?.({ readBytes, totalBytes, packets: run.totals.packets })
      await new Promise((resolve) => setImmediate(resolve))
      if (options.signal?.aborted) throw new EngineError('ABORTED', 'interrupted')
    }
    run.endFile()
    options.onProgress?.({ readBytes, totalBytes, packets: run.totals.packets })
  } finally {
    if (descriptor !== STANDARD_INPUT) closeSync(descriptor)
  }
}

/** Drains for a turn; errors get the name of the file. */
function drainFile(run: CaptureRun, path: string): DrainResult {
  try {
    return run.drain(PACKETS_PER_TURN)
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause
    const name = path === '-' ? 'standard input' : path
    const hint = cause.hint === undefined ? {} : { hint: cause.hint }
    throw new EngineError(cause.code, `${name}: ${cause.message}`, { cause, ...hint })
  }
}

function openInput(path: string): { descriptor: number; totalBytes: number | null } {
  if (path === '-') return { descriptor: STANDARD_INPUT, totalBytes: null }
  try {
    const descriptor = openSync(path, 'r')
    const status = fstatSync(descriptor)
    if (status.isDirectory()) {
      closeSync(descriptor)
      throw new EngineError('INPUT_UNREADABLE', `${path} is a folder`, { hint: 'name the capture files in it' })
    }
    return { descriptor, totalBytes: status.isFile() ? status.size : null }
  } catch (cause) {
    if (cause instanceof EngineError) throw cause
    throw new EngineError('INPUT_UNREADABLE', `cannot open ${path}: ${reasonOf(cause)}`, { cause })
  }
}

function readChunk(run: CaptureRun, descriptor: number, path: string): number {
  const room = run.input.reserve(CHUNK_BYTES)
  for (;;) {
    try {
      const length = readSync(descriptor, room, 0, room.length, null)
      run.input.commit(length)
      return length
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN')
        throw new EngineError('INPUT_UNREADABLE', `cannot read ${path}: ${reasonOf(cause)}`, { cause })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

function reasonOf(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  return cause instanceof Error ? cause.message : String(cause)
}
