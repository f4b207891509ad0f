import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { analyzeFile } from '@pcap-analyzer/engine/node'
import type { OptionValues } from '../commands/command.ts'
import type { CommandContext } from '../context.ts'
import { CommandError } from '../errors.ts'
import { EXIT_FINE, type ExitCode } from '../exit-codes.ts'
import { isRegularFile } from '../files/is-regular-file.ts'
import { safeText } from '../terminal/safe-text.ts'
import { bytesText, countText } from '../terminal/units.ts'
import { consistencyScore, meanOf } from './consistency.ts'

const RUNS = 3

interface TimedRun {
  readonly wallMs: number
  readonly cpuMs: number
}

/** Times whole analyses of one file and prints how fast and how even they were. */
export async function runBenchmark(
  context: CommandContext,
  [file]: readonly string[],
  options: OptionValues,
): Promise<ExitCode> {
  const runs = (options.runs as number | undefined) ?? RUNS
  if (runs < 2) throw new CommandError('USAGE', '--runs must be at least 2: one run says nothing of consistency')
  if (file === '-') throw new CommandError('USAGE', 'benchmark needs a file: it is read several times')
  if (isRegularFile(file)) context.exitOnInterrupt()

  const warmUp = await timeOnce(context, file)
  const timed: TimedRun[] = []
  for (let i = 0; i < runs; i++) timed.push((await timeOnce(context, file)).run)

  const wallMs = meanOf(timed.map((run) => run.wallMs))
  const { packets } = warmUp
  const fileBytes = statSync(file).size
  const result = {
    file: basename(file),
    fileBytes,
    packets,
    node: process.versions.node,
    warmUp: warmUp.run,
    runs: timed,
    mean: {
      wallMs,
      cpuMs: meanOf(timed.map((run) => run.cpuMs)),
      nsPerPacket: packets === 0 ? null : (wallMs * 1e6) / packets,
      packetsPerSecond: (packets * 1000) / wallMs,
      megabytesPerSecond: fileBytes / 1000 / wallMs,
    },
    consistencyScore: consistencyScore(timed.map((run) => run.wallMs)),
  }
  context.stdout.write(options.json === true ? `${JSON.stringify(result, null, 2)}\n` : text(result))
  return EXIT_FINE
}

async function timeOnce(context: CommandContext, file: string): Promise<{ run: TimedRun; packets: number }> {
  const [startMs, startCpuMs] = [context.elapsedMs(), context.cpuMs()]
  const { capture } = await analyzeFile(file)
  const run = { wallMs: context.elapsedMs() - startMs, cpuMs: context.cpuMs() - startCpuMs }
  return { run, packets: capture.packets }
}

interface BenchmarkResult {
  readonly file: string
  readonly fileBytes: number
  readonly packets: number
  readonly node: string
  readonly warmUp: TimedRun
  readonly runs: readonly TimedRun[]
  readonly mean: {
    readonly wallMs: number
    readonly cpuMs: number
    readonly nsPerPacket: number | null
    readonly packetsPerSecond: number
    readonly megabytesPerSecond: number
  }
  readonly consistencyScore: number
}

function text(result: BenchmarkResult): string {
  const { mean } = result
  const run = ({ wallMs, cpuMs }: TimedRun) => `${wallMs.toFixed(0)} ms (${cpuMs.toFixed(0)} ms CPU)`
  return [
    `${safeText(result.file)}: ${countText(result.packets)} packets, ${bytesText(result.fileBytes)}, Node ${result.node}`,
    `warm-up      ${run(result.warmUp)}`,
    ...result.runs.map((one, i) => `run ${String(i + 1).padEnd(8)} ${run(one)}`),
    `mean         ${run(mean)}`,
    `speed        ${mean.nsPerPacket === null ? '-' : mean.nsPerPacket.toFixed(0)} ns/packet, ${countText(Math.round(mean.packetsPerSecond))} packets/s, ${mean.megabytesPerSecond.toFixed(1)} MB/s`,
    `consistency  ${result.consistencyScore.toFixed(1)} of 100 (100 - 100 * standard deviation / mean of the wall times)`,
    '',
  ].join('\n')
}
