import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { listArchive, loadArchive } from './archive.ts'
import type { BackupFile } from './manifest.ts'
import type { ReadPayloadOptions } from './payload-read.ts'

export interface ParallelLoad extends ReadPayloadOptions {
  /** Archives with rows only; the payload's own file holds everything else. */
  readonly parts: readonly BackupFile[]
  readonly database: ConnectionParameters
  readonly jobs: number
  readonly binaries?: string | undefined
}

/**
 * Loads in the order of pg_restore: what rows need, then rows, then what rows are checked by. Rows of different archives, and afterwards
 * indexes, are made at once; each program reads the archive as a stream, so that nothing is written in clear.
 */
export async function loadParallel(load: ParallelLoad): Promise<void> {
  const { parts, database, jobs, binaries } = load
  await loadArchive(load, database, ['--section=pre-data', '--single-transaction'], binaries)
  const rows = [load.file, ...parts].map(
    (file) => () => loadArchive({ ...load, file }, database, ['--section=data', '--single-transaction'], binaries),
  )
  await atMost(jobs, rows)
  const { shared, rest } = postData(await listArchive(load, database, ['--section=post-data'], binaries), jobs)
  const folder = mkdtempSync(join(tmpdir(), 'dbops-restore-'))
  try {
    const lists = [...shared, rest].map((lines, index) => {
      const path = join(folder, String(index))
      writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 })
      return () => loadArchive(load, database, [`--use-list=${path}`], binaries)
    })
    await atMost(jobs, lists.slice(0, -1))
    await atMost(1, lists.slice(-1))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Parts the table of contents: indexes and the constraints that make one depend on nothing but rows; foreign keys, triggers, policies,
 * materialized views and the like follow, in their order.
 */
export function postData(lines: readonly string[], jobs: number): { shared: string[][]; rest: string[] } {
  const isIndependent = (line: string): boolean => /^\d+; \d+ \d+ (INDEX(?! ATTACH)|CONSTRAINT) /.test(line)
  const independent = lines.filter(isIndependent)
  const shared = Array.from({ length: jobs }, (_, job) => independent.filter((_line, index) => index % jobs === job))
  return {
    shared: shared.filter((list) => list.length > 0),
    rest: lines.filter((line) => !isIndependent(line)),
  }
}

/** Runs so many at once; after the first failure none is begun, and those that run are waited for. */
async function atMost(count: number, tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...tasks]
  const failures: unknown[] = []
  const worker = async (): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined && failures.length === 0; task = waiting.shift()) {
      try {
        await task()
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: count }, worker))
  if (failures.length > 0) throw failures[0]
}
