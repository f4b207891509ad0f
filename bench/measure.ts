import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** One run of a whole process, user and system time of all its threads together. */
interface Run {
  readonly cpuSeconds: number
  readonly wallSeconds: number
  readonly peakKiB: number
  readonly status: number
}

/** A program to measure. */
export interface Contender {
  readonly name: string
  readonly command: readonly string[]
}

/** What was measured of a program on one file. */
export interface Measurement {
  readonly name: string
  readonly runs: number
  readonly cpuSeconds: { readonly median: number; readonly min: number; readonly max: number }
  readonly wallSeconds: number
  readonly peakMiB: number
  /** Runs that did not end with 0; their times say nothing. */
  readonly failed: number
}

/** Runs the programs in turn, A B A B …, so that a drift of the machine meets all of them. */
export function measure(contenders: readonly Contender[], rounds: number): Measurement[] {
  const runs = contenders.map((): Run[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, { command }] of contenders.entries()) runs[i].push(runOnce(command))
  }
  return contenders.map(({ name }, i) => summarize(name, runs[i]))
}

function runOnce(command: readonly string[]): Run {
  const output = execFileSync('python3', [join(import.meta.dirname, 'wait4.py'), ...command], { encoding: 'utf8' })
  return JSON.parse(output) as Run
}

function summarize(name: string, runs: readonly Run[]): Measurement {
  const cpu = runs.map((run) => run.cpuSeconds).sort((a, b) => a - b)
  return {
    name,
    runs: runs.length,
    cpuSeconds: { median: median(cpu), min: cpu[0], max: cpu[cpu.length - 1] },
    wallSeconds: median(runs.map((run) => run.wallSeconds).sort((a, b) => a - b)),
    peakMiB: Math.max(...runs.map((run) => run.peakKiB)) / 1024,
    failed: runs.filter((run) => run.status !== 0).length,
  }
}

/** The middle of sorted numbers. */
export function median(sorted: readonly number[]): number {
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}
