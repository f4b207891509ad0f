import { withNumber } from '../../analyzers/support/short-list.ts'

const MOST_PAIRS = 1 << 12
const MOST_SIZES = 64
const MOST_FRAMES = 1000
/** The list of all pairs of which there is nothing to list. */
const NONE: number[] = []

/** Echo requests of one host to another, and the replies. Sizes are those of the messages with their header, in bytes. */
export interface EchoPair {
  readonly source: string
  readonly target: string
  requests: number
  /** Replies that repeat a request, as they must (RFC 792), and replies that say something else. */
  matched: number
  different: number
  bytes: number
  /** At most {@link MOST_SIZES} different ones. */
  sizes: number[]
  firstNs: number
  lastNs: number
  /** Frames of the replies that say something else, in the order heard; the first. */
  frames: number[]
}

/** Every pair; exact and independent of the order within the bounds, as a pair is in one part of a split run. */
export interface EchoState {
  /** By source, then by target; a pair stands alone while its source has no other. */
  bySource: Map<string, EchoPair | Map<string, EchoPair>>
  count: number
  /** Pairs that did not fit any more. */
  beyond: number
}

export function newEchoState(): EchoState {
  return { bySource: new Map(), count: 0, beyond: 0 }
}

/** All pairs that are told apart. */
export function pairsOf({ bySource }: EchoState): EchoPair[] {
  return [...bySource.values()].flatMap((known) => (known instanceof Map ? [...known.values()] : [known]))
}

/** The echo of `source` to `target`; null when there is no room. Makes no text. */
export function pairOf(state: EchoState, source: string, target: string): EchoPair | null {
  const known = state.bySource.get(source)
  const found = known instanceof Map ? known.get(target) : known?.target === target ? known : undefined
  if (found !== undefined) return found
  if (state.count >= MOST_PAIRS) {
    state.beyond++
    return null
  }
  const pair: EchoPair = {
    source,
    target,
    requests: 0,
    matched: 0,
    different: 0,
    bytes: 0,
    sizes: NONE,
    firstNs: Number.POSITIVE_INFINITY,
    lastNs: Number.NEGATIVE_INFINITY,
    frames: NONE,
  }
  if (known === undefined) state.bySource.set(source, pair)
  else if (known instanceof Map) known.set(target, pair)
  else state.bySource.set(source, new Map([[known.target, known]]).set(target, pair))
  state.count++
  return pair
}

function addSize(pair: EchoPair, sizeBytes: number): void {
  const { sizes } = pair
  if (!sizes.includes(sizeBytes) && sizes.length < MOST_SIZES) pair.sizes = withNumber(sizes, sizeBytes)
}

export function addMessage(pair: EchoPair, sizeBytes: number, timeNs: number): void {
  pair.bytes += sizeBytes
  addSize(pair, sizeBytes)
  pair.firstNs = Math.min(pair.firstNs, timeNs)
  pair.lastNs = Math.max(pair.lastNs, timeNs)
}

export function addDifferentReply(pair: EchoPair, frame: number): void {
  pair.different++
  if (pair.frames.length < MOST_FRAMES) pair.frames = withNumber(pair.frames, frame)
}

export function mergeEchoes(into: EchoState, from: EchoState): void {
  into.beyond += from.beyond
  for (const other of pairsOf(from)) {
    const pair = pairOf(into, other.source, other.target)
    if (pair === null) continue
    pair.requests += other.requests
    pair.matched += other.matched
    pair.different += other.different
    pair.bytes += other.bytes
    for (const size of other.sizes) addSize(pair, size)
    pair.firstNs = Math.min(pair.firstNs, other.firstNs)
    pair.lastNs = Math.max(pair.lastNs, other.lastNs)
    pair.frames = [...pair.frames, ...other.frames].sort((a, b) => a - b).slice(0, MOST_FRAMES)
  }
}
