/** How one attempt to log in went. Sure where the server said so in clear, likely where size and duration tell. */
export const FAILED = 0
export const SUCCEEDED = 1
/** Greetings were exchanged and no more: a guess that was cut off, or a monitor. Only a quick series of them means something. */
export const GREETED = 2
export type Outcome = typeof FAILED | typeof SUCCEEDED | typeof GREETED

const MOST_ATTEMPTS = 2048
const MOST_SERIES = 1 << 12

/** Numbers an attempt takes in {@link Series.told}. */
const ATTEMPT_NUMBERS = 3

/** One attempt as it was told. */
export interface Attempt {
  readonly timeNs: number
  readonly frame: number
  readonly outcome: Outcome
}

/** Attempts of one source on one service of one target. */
export interface Series {
  readonly source: string
  readonly target: string
  readonly port: number
  readonly service: string
  /** What is guessed at within the service: the path of a web page; '' elsewhere. */
  readonly resource: string
  /** True when the server's answers in clear tell how each attempt went. */
  readonly isTold: boolean
  /** Of each attempt: time in ns, frame, outcome; in no order. One list, as most series have one attempt. */
  told: number[]
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
  // a list that is pushed into reserves room for seventeen numbers, a literal none
  if (series.told.length === 0) series.told = [timeNs, frame, outcome]
  else if (attemptCount(series) < MOST_ATTEMPTS) series.told.push(timeNs, frame, outcome)
  else series.beyond++
}

export function attemptCount({ told }: Series): number {
  return told.length / ATTEMPT_NUMBERS
}

/** The attempts in the order of the capture. */
export function attemptsOf({ told }: Series): Attempt[] {
  const attempts: Attempt[] = []
  for (let i = 0; i < told.length; i += ATTEMPT_NUMBERS) {
    attempts.push({ timeNs: told[i], frame: told[i + 1], outcome: told[i + 2] as Outcome })
  }
  return attempts.sort((a, b) => a.timeNs - b.timeNs || a.frame - b.frame)
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
    for (const { timeNs, frame, outcome } of attemptsOf(other)) addAttempt(into, other, timeNs, frame, outcome)
  }
}

function seriesOf(state: BruteForceState, subject: Subject): Series {
  const { source, target, port, service, resource, isTold } = subject
  const key = keyOf(subject)
  let series = state.series.get(key)
  if (series === undefined) {
    if (state.series.size >= 2 * MOST_SERIES) dropShortest(state)
    series = { source, target, port, service, resource, isTold, told: [], beyond: 0 }
    state.series.set(key, series)
  }
  return series
}

function keyOf({ source, target, port, resource }: Subject): string {
  return `${source}>${target}:${port} ${resource}`
}

function dropShortest(state: BruteForceState): void {
  const ranked = [...state.series].sort(
    (a, b) => b[1].told.length - a[1].told.length || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0),
  )
  state.dropped += ranked.length - MOST_SERIES
  state.series = new Map(ranked.slice(0, MOST_SERIES))
}
