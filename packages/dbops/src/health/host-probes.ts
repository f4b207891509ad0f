import { readFileSync, statfsSync } from 'node:fs'
import { cpus, freemem, totalmem } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import type { HealthCheck, HealthProbe } from './health.ts'
import { defaultLimits, graded, type Limits } from './limits.ts'

const CPU_SAMPLE_MS = 250
const LOG_LINES = 100

export interface HostProbeOptions {
  /** A folder on the disk that must not fill. */
  readonly folder: string
  /** Log of the server, whose last 100 lines are looked at. */
  readonly log?: string
  readonly limits?: Limits
}

/** Processors, memory and disk of this machine, and errors in a log; as probes for a monitor. */
export function hostProbes({ folder, log, limits = defaultLimits }: HostProbeOptions): Record<string, HealthProbe> {
  return {
    cpu: async () => graded(await busyRatio(), limits.cpu, 'the processors are busy'),
    memory: async () => graded(usedMemory(), limits.memory, 'memory runs out'),
    disk: async () => diskCheck(folder, limits),
    ...(log === undefined ? {} : { log: async () => logCheck(log, limits) }),
  }
}

/** Share of the time that the processors worked, over a quarter of a second. */
async function busyRatio(): Promise<number> {
  const before = processorTimes()
  await setTimeout(CPU_SAMPLE_MS)
  const after = processorTimes()
  const all = after.all - before.all
  return all <= 0 ? 0 : Math.max(0, 1 - (after.idle - before.idle) / all)
}

function processorTimes(): { all: number; idle: number } {
  const sums = { all: 0, idle: 0 }
  for (const { times } of cpus()) {
    sums.idle += times.idle
    sums.all += Object.values(times).reduce((sum, time) => sum + time, 0)
  }
  return sums
}

/** What cannot be had without swapping; caches count as free where the system tells them apart. */
function usedMemory(): number {
  let available = freemem()
  try {
    const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
    if (kilobytes !== undefined) available = Number(kilobytes) * 1024
  } catch {
    // not Linux
  }
  return 1 - available / totalmem()
}

/** As df counts: what is kept for the administrator is neither used nor free. */
function diskCheck(folder: string, { disk }: Limits): HealthCheck {
  try {
    const { blocks, bfree, bavail } = statfsSync(folder)
    const used = blocks - bfree
    return graded(used + bavail === 0 ? 0 : used / (used + bavail), disk, 'the disk fills')
  } catch (error) {
    return { status: 'fail', message: `the disk cannot be looked at (${(error as NodeJS.ErrnoException).code})` }
  }
}

/** The severities of a log stand in its language; those of the usual ones are known. */
function logCheck(path: string, { log }: Limits): HealthCheck {
  try {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-LOG_LINES)
    const grave = lines.filter((line) =>
      /\b(ERROR|FATAL|PANIC|FEHLER|PANIK|ERREUR|FATALE?|PANIQUE|ERRO|PÂNICO):/.test(line),
    )
    return graded(grave.length, log, `errors in the last ${LOG_LINES} lines of the log`)
  } catch (error) {
    return { status: 'fail', message: `the log cannot be read (${(error as NodeJS.ErrnoException).code})` }
  }
}
