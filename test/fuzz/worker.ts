import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import { Mutator } from './mutate.ts'
import { Random } from './random.ts'
import { seedsOf } from './seeds.ts'
import { type Feeding, tightLimits, tryInput } from './trial.ts'

/** What the fuzz command tells its worker. */
export interface FuzzOrder {
  readonly seed: number
  readonly first: number
  readonly count: number
  /** Folders with captures; none for the built seeds. */
  readonly folders: readonly string[]
  /** Two integers: the input being tried and how many were tried. */
  readonly progress: Int32Array
  /** Set to 1 to end. */
  readonly stop: Int32Array
}

/** What the worker tells the fuzz command. */
export type FuzzNews =
  | { kind: 'failure'; index: number; reason: string; input: Uint8Array }
  | { kind: 'memory'; index: number; heapBytes: number; residentBytes: number }
  | { kind: 'end'; refused: number; packets: number; slowestMs: number; slowestIndex: number }

const SLOW_MS = 2000
const INPUTS_PER_COLLECTION = 1000
const INPUTS_PER_WEIGHING = 50
const BUFFERS_FREED_MS = 20
const WARM_UP_INPUTS = 2000
/** No small input may make the process this much larger than it ever was. */
const MOST_SPIKE_KIB = 256 << 10
const CHUNK_BYTES = [1, 2, 3, 7, 16, 61, 256, 1000, 4096]

/** The nth input of a seed, and how it is fed. */
export function inputOf(mutator: Mutator, seed: number, index: number): { input: Uint8Array; feeding: Feeding } {
  const random = new Random(seed, index)
  const input = mutator.make(random)
  const chunkBytes = random.chance(0.7) ? 1 << 20 : Math.max(random.of(CHUNK_BYTES), input.length >> 11)
  return { input, feeding: { chunkBytes, limits: random.chance(0.25) ? tightLimits : {} } }
}

if (parentPort !== null) {
  await work(workerData as FuzzOrder, (news) => parentPort?.postMessage(news))
}

async function work(order: FuzzOrder, tell: (news: FuzzNews) => void): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const mutator = new Mutator(seedsOf(order.folders))
  let refused = 0
  let packets = 0
  let slowestMs = 0
  let slowestIndex = 0
  let largestKiB = 0
  for (let n = 0; n < order.count && Atomics.load(order.stop, 0) === 0; n++) {
    const index = order.first + n
    const { input, feeding } = inputOf(mutator, order.seed, index)
    Atomics.store(order.progress, 0, index)
    Atomics.add(order.progress, 1, 1)
    const fail = (reason: string) => tell({ kind: 'failure', index, reason, input: input.slice() })
    const start = performance.now()
    try {
      const read = await tryInput(input, feeding)
      if (read < 0) refused++
      else packets += read
    } catch (error) {
      fail(`${JSON.stringify(feeding)}\n${error instanceof Error ? error.stack : String(error)}`)
    }
    let tookMs = performance.now() - start
    if (tookMs > SLOW_MS) {
      const again = performance.now()
      await tryInput(input, feeding).catch(() => {}) // told above
      tookMs = performance.now() - again
      if (tookMs > SLOW_MS) fail(`took ${Math.round(tookMs)} ms\n${JSON.stringify(feeding)}`)
    }
    if (tookMs > slowestMs) {
      slowestMs = tookMs
      slowestIndex = index
    }
    if (n % INPUTS_PER_WEIGHING === 0) {
      const residentKiB = process.resourceUsage().maxRSS
      if (n > WARM_UP_INPUTS && residentKiB > largestKiB + MOST_SPIKE_KIB) {
        fail(
          `this or one of the ${INPUTS_PER_WEIGHING} inputs before grew the process by ${(residentKiB - largestKiB) >> 10} MiB`,
        )
      }
      largestKiB = residentKiB
    }
    if ((n + 1) % INPUTS_PER_COLLECTION !== 0) continue
    // buffers are freed by another thread after the collection that found them
    collect()
    await new Promise((resolve) => setTimeout(resolve, BUFFERS_FREED_MS))
    collect()
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
    tell({ kind: 'memory', index, heapBytes: heapUsed + arrayBuffers, residentBytes: rss })
  }
  tell({ kind: 'end', refused, packets, slowestMs, slowestIndex })
}
