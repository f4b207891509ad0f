import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type BenchData, prepareCaptures } from './captures.ts'
import { bundlePrograms, ours, peers, stagesProgram, tshark } from './contenders.ts'
import { type Figures, judge, type Verdict } from './demands.ts'
import { type Measurement, measure, median } from './measure.ts'
import { measurementTable, stageTable, verdictTable } from './tables.ts'

/**
 * npm run bench -- [--small] [--rounds N] [--file CAPTURE] [--no-tshark] [--long] [--check] [--write]
 *
 * Whole processes beside their peers, interleaved, then the stages of the engine one by one. --small takes the 100 MB capture, where
 * start-up is most of the time, so the demands are not judged. --check ends with 1 when a demand is not met; --long also makes and
 * reads a capture of 15 million packets; --write leaves bench/results.json and results.md.
 */
const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    small: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    file: { type: 'string' },
    tshark: { type: 'boolean', default: true },
    long: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
/** What a stage's time is counted from; facts and analyzers both come after the protocols. */
const STAGES: readonly (readonly [string, string | null])[] = [
  ['read', null],
  ['decode', 'read'],
  ['flow', 'decode'],
  ['tcp', 'flow'],
  ['protocols', 'tcp'],
  ['analyzers', 'protocols'],
  ['facts', 'protocols'],
]
const PASSES = 4
const FEW_ROUNDS = 3

process.exitCode = await main()

async function main(): Promise<number> {
  await bundlePrograms()
  console.log(`Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model}`)
  const text: string[] = []
  const say = (part: string) => {
    text.push(part)
    console.log(part)
  }
  const data = options.file === undefined ? allData() : null
  const main = options.file ?? data?.medium ?? data?.small ?? null
  if (main === null) return 4
  const figures = figuresOf(main, data, say)
  const isJudged = data?.medium != null
  const verdicts = isJudged ? judge(figures) : []
  if (isJudged) say(verdictTable(verdicts))
  else say('\nThe demands are about the 1 GB capture and were not judged.')
  if (options.write) write(text, figures, verdicts)
  return options.check && verdicts.some(({ isMet }) => isMet === false) ? 1 : 0
}

function allData(): BenchData {
  const folder = process.env.PCAP_BENCH_DATA ?? firstExisting(['/tmp/bench']) ?? join(import.meta.dirname, '.data')
  return prepareCaptures(folder, join(import.meta.dirname, '../../shared/bench'), options.small, options.long)
}

function firstExisting(paths: readonly string[]): string | null {
  return paths.find((path) => existsSync(path)) ?? null
}

function figuresOf(main: string, data: BenchData | null, say: (part: string) => void): Figures {
  const told = (file: string, measurements: Measurement[]) => {
    say(measurementTable(basename(file), measurements))
    return measurements
  }
  const rounds = Number(options.rounds)
  const medium = told(main, [
    ...measure([...peers(main, data?.baseline ?? null), ...ours(main)], rounds),
    ...(options.tshark ? measure(tshark(main), 1) : []),
  ])
  const few = (file: string | null | undefined) =>
    file == null ? [] : told(file, measure([...peers(file, data?.baseline ?? null), ...ours(file)], FEW_ROUNDS))
  const manyFlows = few(data?.manyFlows)
  const analyzeOnly = (file: string | null | undefined) =>
    file == null ? [] : told(file, measure(ours(file).slice(-1), 1))
  const long = analyzeOnly(data?.long)
  const mediumHeaders = long.length === 0 ? [] : analyzeOnly(data?.mediumHeaders)
  const totals = STAGES.map(([stage, after]) => ({ stage, after, ns: warmNs(stage, main) }))
  say(stageTable(`Stages on ${basename(main)}, warm`, totals))
  const hasBoth = data?.small != null && data.medium != null
  const warmMediumNs = hasBoth ? (totals.find(({ stage }) => stage === 'analyzers')?.ns ?? null) : null
  const warmSmallNs = hasBoth && data.small !== null ? warmNs('analyzers', data.small, PASSES * 4) : null
  return { medium, manyFlows, mediumHeaders, long, warmSmallNs, warmMediumNs }
}

/** Median CPU ns per packet of the later half of the passes over a file, in a process of its own. */
function warmNs(stage: string, file: string, passes = PASSES): number {
  const output = execFileSync(process.execPath, [stagesProgram, stage, file, String(passes)], { encoding: 'utf8' })
  const figures = JSON.parse(output) as number[]
  return median(figures.slice(passes >> 1).sort((a, b) => a - b))
}

function write(text: readonly string[], figures: Figures, verdicts: readonly Verdict[]): void {
  const base = join(import.meta.dirname, 'results')
  writeFileSync(`${base}.md`, `# Bench\n${text.join('\n')}\n`)
  writeFileSync(`${base}.json`, `${JSON.stringify({ node: process.versions.node, figures, verdicts }, null, 2)}\n`)
}
