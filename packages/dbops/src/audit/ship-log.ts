import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { redact } from '../secret.ts'
import { atomicWrite, privateFolder } from '../state/atomic-write.ts'
import { withFileLock } from '../state/file-lock.ts'
import { readOperations } from './read-log.ts'
import type { AuditSink } from './sinks/audit-sink.ts'

/** How far a sink has come. */
export interface SinkState {
  readonly sink: string
  /** Number of the newest line that was delivered. */
  readonly deliveredSeq: number
  readonly failure: { readonly at: string; readonly reason: string; readonly times: number } | null
}

const MOST_AT_ONCE = 1_000

/**
 * Delivers to a sink what it does not have yet, oldest first. The log is the spool: what fails stays due, and the failure is written down.
 * @returns how many lines were delivered and how many are due
 */
export async function shipLog(
  stateFolder: string,
  sink: AuditSink,
  now: Date,
): Promise<{ delivered: number; due: number; state: SinkState }> {
  const path = statePath(stateFolder, sink.name)
  return await withFileLock({ path: `${path}.lock`, purpose: `delivery to ${sink.name}`, waitMs: 10_000 }, async () => {
    let state = readState(path, sink.name)
    const all = readOperations(join(stateFolder, 'audit')).filter(({ seq }) => seq > state.deliveredSeq)
    let delivered = 0
    while (delivered < all.length) {
      const some = all.slice(delivered, delivered + MOST_AT_ONCE)
      try {
        await sink.deliver(some)
      } catch (error) {
        const reason = redact((error as Error).message)
        state = { ...state, failure: { at: now.toISOString(), reason, times: (state.failure?.times ?? 0) + 1 } }
        atomicWrite(path, `${JSON.stringify(state)}\n`)
        break
      }
      delivered += some.length
      state = { sink: sink.name, deliveredSeq: some[some.length - 1].seq, failure: null }
      atomicWrite(path, `${JSON.stringify(state)}\n`)
    }
    return { delivered, due: all.length - delivered, state }
  })
}

function statePath(stateFolder: string, sink: string): string {
  const id = createHash('sha256').update(sink).digest('hex').slice(0, 16)
  return join(privateFolder(join(stateFolder, 'audit-sinks')), `${id}.json`)
}

function readState(path: string, sink: string): SinkState {
  if (!existsSync(path)) return { sink, deliveredSeq: 0, failure: null }
  return JSON.parse(readFileSync(path, 'utf8')) as SinkState
}
