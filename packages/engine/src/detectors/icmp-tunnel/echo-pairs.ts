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
  pairs: Map<string, EchoPair>
  /** Pairs that did not fit any more. */
  beyond: number
}

export function newEchoState(): EchoState {
  return { pairs: new Map(), beyond: 0 }
}

/** The echo of `source` to `target`; null when there is no room. */
export function pairOf(state: EchoState, source: string, target: string): EchoPair | null {
  const key = `${source}>${target}`
  let pair = state.pairs.get(key)
  if (pair !== undefined) return pair
  if (state.pairs.size >= MOST_PAIRS) {
    state.beyond++
    return null
  }
  pair = {
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
  state.pairs.set(key, pair)
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
  for (const other of from.pairs.values()) {
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
