import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { captureFolders, defaultCorpus } from '../test/capture-files.ts'
import { Mutator } from '../test/fuzz/mutate.ts'
import { seedsIn, seedsOf } from '../test/fuzz/seeds.ts'
import { type Feeding, tightLimits, tryInput } from '../test/fuzz/trial.ts'
import { type FuzzNews, type FuzzOrder, inputOf } from '../test/fuzz/worker.ts'

/**
 * npm run fuzz -- [--count N | --seconds S] [--seed X] [--first INDEX] [--corpus DIR] [--out DIR]
 * npm run fuzz -- --replay FILE
 *
 * Feeds damaged captures to the whole engine. An input that throws anything but an EngineError, hangs, takes over 2 s, breaks a law
 * or makes the process grow is written to --out with the seed and index that made it. Exit code 1 when there was one.
 */
const root = join(import.meta.dirname, '..')
const { values: options } = parseArgs({
  options: {
    count: { type: 'string' },
    seconds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    corpus: { type: 'string', default: defaultCorpus },
    out: { type: 'string', default: join(root, 'node_modules/.cache/fuzz') },
    replay: { type: 'string' },
  },
})
const HANG_MS = 20_000
const MOST_FAILURES = 20
/** What may be held after a collection beyond what was held after the second one. */
const MOST_HEAP_GROWTH = 24 << 20
const MOST_RESIDENT_GROWTH = 192 << 20
const WARM_UP_COLLECTIONS = 2

process.exitCode = options.replay === undefined ? await fuzz() : await replay(options.replay)

async function fuzz(): Promise<number> {
  const seed = Number(options.seed)
  const end =
    Number(options.first) + Number(options.count ?? (options.seconds === undefined ? 100_000 : Number.MAX_SAFE_INTEGER))
  const folders = seedFolders()
  const progress = new Int32Array(new SharedArrayBuffer(8))
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const totals = { failures: 0, refused: 0, packets: 0, slowestMs: 0, slowestIndex: 0, memory: newMemory() }
  const start = performance.now()
  const endStop = () => Atomics.store(stop, 0, 1)
  process.once('SIGINT', endStop)
  const timer = options.seconds === undefined ? null : setTimeout(endStop, Number(options.seconds) * 1000)
  for (let first = Number(options.first); first < end && stop[0] === 0 && totals.failures < MOST_FAILURES; ) {
    const hung = await runWorker({ seed, first, count: end - first, folders, progress, stop }, (news) =>
      take(news, seed, totals, stop),
    )
    if (hung === null) break
    totals.failures++
    const file = save(seed, hung, inputOf(new Mutator(seedsOf(folders)), seed, hung).input)
    console.error(
      `HANG  seed ${seed} index ${hung}: no end after ${HANG_MS / 1000} s; npm run fuzz -- --replay ${file}`,
    )
    first = hung + 1
  }
  if (timer !== null) clearTimeout(timer)
  process.off('SIGINT', endStop)
  const seconds = (performance.now() - start) / 1000
  const { memory } = totals
  if (memory.problem !== null) {
    totals.failures++
    console.error(`MEMORY  ${memory.problem}`)
  }
  console.log(
    `${progress[1]} mutants in ${seconds.toFixed(1)} s (${Math.round(progress[1] / seconds)}/s), seed ${seed}: ${totals.failures} failures, ` +
      `${totals.refused} refused, ${totals.packets} frames read, slowest ${Math.round(totals.slowestMs)} ms (index ${totals.slowestIndex}), ` +
      `held after collection ${mebibytes(memory.firstHeap)} -> ${mebibytes(memory.lastHeap)} MiB, resident ${mebibytes(memory.firstResident)} -> ${mebibytes(memory.lastResident)} MiB`,
  )
  return totals.failures === 0 ? 0 : 1
}

/** Runs a worker to its end. @returns the input it hangs on, or null. */
function runWorker(order: FuzzOrder, take: (news: FuzzNews) => void): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('../test/fuzz/worker.ts', import.meta.url), { workerData: order })
    let tried = order.progress[1]
    let since = performance.now()
    let hung: number | null = null
    const watch = setInterval(() => {
      if (order.progress[1] !== tried) {
        tried = order.progress[1]
        since = performance.now()
      } else if (hung === null && tried > 0 && performance.now() - since > HANG_MS) {
        hung = order.progress[0]
        void worker.terminate() // ends in 'exit', below
      }
    }, 250)
    worker.on('message', take)
    worker.on('error', (error) => {
      clearInterval(watch)
      reject(error)
    })
    worker.on('exit', () => {
      clearInterval(watch)
      resolve(hung)
    })
  })
}

function take(
  news: FuzzNews,
  seed: number,
  totals: {
    failures: number
    refused: number
    packets: number
    slowestMs: number
    slowestIndex: number
    memory: Memory
  },
  stop: Int32Array,
): void {
  if (news.kind === 'failure') {
    totals.failures++
    const file = save(seed, news.index, news.input)
    console.error(`FAILURE  seed ${seed} index ${news.index} (npm run fuzz -- --replay ${file})\n${news.reason}\n`)
    if (totals.failures >= MOST_FAILURES) Atomics.store(stop, 0, 1)
  } else if (news.kind === 'memory') {
    weigh(totals.memory, news.heapBytes, news.residentBytes, news.index)
  } else {
    totals.refused += news.refused
    totals.packets += news.packets
    if (news.slowestMs > totals.slowestMs)
      Object.assign(totals, { slowestMs: news.slowestMs, slowestIndex: news.slowestIndex })
  }
}

/** Keeps an input so that it can be replayed. */
function save(seed: number, index: number, input: Uint8Array): string {
  mkdirSync(options.out, { recursive: true })
  const file = join(options.out, `${seed}-${index}.bin`)
  writeFileSync(file, input)
  return file
}

interface Memory {
  collections: number
  firstHeap: number
  lastHeap: number
  firstResident: number
  lastResident: number
  problem: string | null
}

function newMemory(): Memory {
  return { collections: 0, firstHeap: 0, lastHeap: 0, firstResident: 0, lastResident: 0, problem: null }
}

function weigh(memory: Memory, heapBytes: number, residentBytes: number, index: number): void {
  memory.collections++
  memory.lastHeap = heapBytes
  memory.lastResident = residentBytes
  if (memory.collections <= WARM_UP_COLLECTIONS) {
    memory.firstHeap = heapBytes
    memory.firstResident = residentBytes
  } else if (
    heapBytes > memory.firstHeap + MOST_HEAP_GROWTH ||
    residentBytes > memory.firstResident + MOST_RESIDENT_GROWTH
  ) {
    memory.problem ??= `at index ${index}: held ${mebibytes(memory.firstHeap)} -> ${mebibytes(heapBytes)} MiB, resident ${mebibytes(memory.firstResident)} -> ${mebibytes(residentBytes)} MiB`
  }
}

function mebibytes(bytes: number): string {
  return (bytes / (1 << 20)).toFixed(1)
}

/** Folders with seeds; none means the built ones. */
function seedFolders(): string[] {
  const folders = captureFolders(options.corpus)
  const seeds = seedsIn(folders)
  console.log(seeds.length === 0 ? 'built seeds only' : `${seeds.length} seeds below ${folders.join(', ')}`)
  return seeds.length === 0 ? [] : folders
}

/** Tries one file in every way in which an input can be fed. */
async function replay(file: string): Promise<number> {
  const input = readFileSync(file)
  let failures = 0
  for (const limits of [{}, tightLimits]) {
    for (const chunkBytes of [1 << 20, 1, 2, 3, 7, 16, 61, 256, 1000, 4096]) {
      const feeding: Feeding = { chunkBytes, limits }
      const start = performance.now()
      try {
        const packets = await tryInput(input, feeding)
        const tookMs = Math.round(performance.now() - start)
        console.log(
          `chunks of ${chunkBytes}, ${limits === tightLimits ? 'tight' : 'default'} limits: ${packets} frames, ${tookMs} ms`,
        )
      } catch (error) {
        failures++
        console.error(`chunks of ${chunkBytes}, ${limits === tightLimits ? 'tight' : 'default'} limits:`, error)
      }
    }
  }
  return failures === 0 ? 0 : 1
}
