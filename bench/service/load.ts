import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Load, LoadResult } from './send-load.ts'

const TICKS_PER_SECOND = 100

/** What many clients at once were answered, and what it cost both sides. */
export interface MeasuredLoad extends LoadResult {
  readonly clientCpuSeconds: number
  readonly serverCpuSeconds: number
}

/** Sends a load from a process of its own to a server whose process is watched. */
export async function load(what: Load, serverPid: number): Promise<MeasuredLoad> {
  const before = cpuSecondsOf(serverPid)
  const child = fork(join(import.meta.dirname, 'load-process.ts'), [JSON.stringify(what)], { stdio: 'inherit' })
  const result = await new Promise<LoadResult & { clientCpuSeconds: number }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as LoadResult & { clientCpuSeconds: number }))
    child.once('exit', (code) => reject(new Error(`the clients ended with ${code}`)))
  })
  return { ...result, serverCpuSeconds: cpuSecondsOf(serverPid) - before }
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Time of a process on the processors, its own and the system's for it. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}
