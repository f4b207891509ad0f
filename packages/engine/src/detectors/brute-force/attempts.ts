/** How one attempt to log in went. Sure where the server said so in clear, likely where size and duration tell. */
export const FAILED = 0
export const SUCCEEDED = 1
/** Greetings were exchanged and no more: a guess that was cut off, or a monitor. Only a quick series of them means something. */
export const GREETED = 2
export type Outcome = typeof FAILED | typeof SUCCEEDED | typeof GREETED

const MOST_ATTEMPTS = 2048
const MOST_SERIES = 1 << 13

/** Attempts of one source on one service of one target; parallel lists, in no order. */
export interface Series {
  readonly source: string
  readonly target: string
  readonly port: number
  readonly service: string
  /** What is guessed at within the service: the path of a web page; '' elsewhere. */
  readonly resource: string
  /** True when the server's answers in clear tell how each attempt went. */
  readonly isTold: boolean
  timesNs: number[]
  frames: number[]
  outcomes: Outcome[]
  /** Attempts that did not fit any more. */
  beyond: number
}

/** Every series; exact and independent of the order within the bounds. */
export interface BruteForceState {
  series: Map<string, Series>
  /** Series given up to make room: those with the fewest attempts. */
  dropped: number
}

export function newBruteForceState(): BruteForceState {
  return { series: new Map(), dropped: 0 }
}

/** Who tries what. */
export type Subject = Pick<Series, 'source' | 'target' | 'port' | 'service' | 'resource' | 'isTold'>

export function addAttempt(
  state: BruteForceState,
  subject: Subject,
  timeNs: number,
  frame: number,
  outcome: Outcome,
): void {
  const series = seriesOf(state, subject)
  if (series.timesNs.length >= MOST_ATTEMPTS) {
    series.beyond++
    return
  }
  series.timesNs.push(timeNs)
  series.frames.push(frame)
  series.outcomes.push(outcome)
}

/** True when somebody is known to have tried. */
export function isKnown(state: BruteForceState, subject: Subject): boolean {
  return state.series.has(keyOf(subject))
}

/** Commutative and associative within the bounds. */
export function mergeBruteForce(into: BruteForceState, from: BruteForceState): void {
  into.dropped += from.dropped
  for (const other of from.series.values()) {
    seriesOf(into, other).beyond += other.beyond
    for (const [i, timeNs] of other.timesNs.entries()) {
      addAttempt(into, other, timeNs, other.frames[i], other.outcomes[i])
    }
  }
}

function seriesOf(state: BruteForceState, subject: Subject): Series {
  const { source, target, port, service, resource, isTold } = subject
  const key = keyOf(subject)
  let series = state.series.get(key)
  if (series === undefined) {
    if (state.series.size >= 2 * MOST_SERIES) dropShortest(state)
    series = { source, target, port, service, resource, isTold, timesNs: [], frames: [], outcomes: [], beyond: 0 }
    state.series.set(key, series)
  }
  return series
}

function keyOf({ source, target, port, resource }: Subject): string {
  return `${source}>${target}:${port} ${resource}`
}

function dropShortest(state: BruteForceState): void {
  const ranked = [...state.series].sort(
    (a, b) => b[1].timesNs.length - a[1].timesNs.length || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0),
  )
  state.dropped += ranked.length - MOST_SERIES
  state.series = new Map(ranked.slice(0, MOST_SERIES))
}
