import { withNumber } from '../../analyzers/support/short-list.ts'

/** Kinds of flood, also the name of the finding. */
export const floodKinds = ['syn-flood', 'udp-flood', 'icmp-flood', 'amplification-flood'] as const
export type FloodKind = (typeof floodKinds)[number]

/** Frames kept of one second, the smallest; enough that a flood of seconds has its thousand. */
const MOST_FRAMES = 128
/** Seconds with traffic, over all victims; beyond, those with the least of it are given up. */
const MOST_SECONDS = 1 << 14
/** Sources and ports told apart of one victim; more are «at least so many». */
export const MOST_SOURCES = 1024
export const MOST_PORTS = 64
/** More than can be answered in a second of a capture. */
const COUNTS = 2 ** 26

/** Packets of one second that nobody answered, and the smallest of their frames, ascending. */
export interface UnansweredSecond {
  packets: number
  frames: number[]
}

/** What of the traffic of a victim found no answer. Most hosts have none of this. */
export interface Unanswered {
  readonly seconds: Map<number, UnansweredSecond>
  readonly sources: Set<string>
  readonly ports: Set<number>
}

/** Traffic of one kind towards one address. */
export interface Victim {
  readonly kind: FloodKind
  readonly address: string
  /** Second -> connections or requests that were answered; while there is but one second, that and its count in one number. */
  answered: Map<number, number> | number
  unanswered: Unanswered | null
}

/** Every victim's seconds; exact and independent of the order until {@link MOST_SECONDS} of them are known. */
export interface FloodState {
  readonly victims: Record<FloodKind, Map<string, Victim>>
  seconds: number
  /** Seconds given up to make room. */
  droppedSeconds: number
}

export function newFloodState(): FloodState {
  const victims = Object.fromEntries(floodKinds.map((kind) => [kind, new Map()])) as FloodState['victims']
  return { victims, seconds: 0, droppedSeconds: 0 }
}

export function allVictims(state: FloodState): Victim[] {
  return floodKinds.flatMap((kind) => [...state.victims[kind].values()])
}

export function victimOf(state: FloodState, kind: FloodKind, address: string): Victim {
  if (state.seconds >= MOST_SECONDS) dropQuietest(state)
  let victim = state.victims[kind].get(address)
  if (victim === undefined) {
    victim = { kind, address, answered: 0, unanswered: null }
    state.victims[kind].set(address, victim)
  }
  return victim
}

export function addAnswered(state: FloodState, victim: Victim, second: number, count = 1): void {
  const { answered } = victim
  if (typeof answered !== 'number') addTo(state, answered, second, count)
  else if (answered === 0) {
    victim.answered = second * COUNTS + count
    state.seconds++
  } else if (Math.floor(answered / COUNTS) === second) victim.answered = answered + count
  else {
    victim.answered = answeredOf(victim)
    addTo(state, victim.answered, second, count)
  }
}

/** Second -> what was answered in it. */
export function answeredOf({ answered }: Victim): Map<number, number> {
  if (typeof answered !== 'number') return answered
  return answered === 0 ? new Map() : new Map([[Math.floor(answered / COUNTS), answered % COUNTS]])
}

/** `packets` of `source` that nobody answered; port 0 where there are none. */
export function addUnanswered(
  state: FloodState,
  victim: Victim,
  second: number,
  packets: number,
  frame: number,
  source: string,
  port: number,
): void {
  const unanswered = unansweredOf(victim)
  const into = secondOf(state, unanswered, second)
  into.packets += packets
  addFrame(into, frame)
  if (unanswered.sources.size < MOST_SOURCES) unanswered.sources.add(source)
  if (unanswered.ports.size < MOST_PORTS) unanswered.ports.add(port)
}

/** Commutative and associative within the bounds. */
export function mergeFlood(into: FloodState, from: FloodState): void {
  into.droppedSeconds += from.droppedSeconds
  for (const other of allVictims(from)) {
    const victim = victimOf(into, other.kind, other.address)
    for (const [second, count] of answeredOf(other)) addAnswered(into, victim, second, count)
    if (other.unanswered === null) continue
    const own = unansweredOf(victim)
    for (const [second, { packets, frames }] of other.unanswered.seconds) {
      const ownSecond = secondOf(into, own, second)
      ownSecond.packets += packets
      for (const frame of frames) addFrame(ownSecond, frame)
    }
    for (const source of other.unanswered.sources) if (own.sources.size < MOST_SOURCES) own.sources.add(source)
    for (const port of other.unanswered.ports) if (own.ports.size < MOST_PORTS) own.ports.add(port)
  }
}

function unansweredOf(victim: Victim): Unanswered {
  victim.unanswered ??= { seconds: new Map(), sources: new Set(), ports: new Set() }
  return victim.unanswered
}

function secondOf(state: FloodState, { seconds }: Unanswered, second: number): UnansweredSecond {
  let known = seconds.get(second)
  if (known === undefined) {
    seconds.set(second, (known = { packets: 0, frames: [] }))
    state.seconds++
  }
  return known
}

function addTo(state: FloodState, counts: Map<number, number>, second: number, count: number): void {
  const known = counts.get(second)
  if (known === undefined) state.seconds++
  counts.set(second, (known ?? 0) + count)
}

function addFrame(second: UnansweredSecond, frame: number): void {
  const { frames } = second
  let at = frames.length
  if (at === MOST_FRAMES && frame > frames[at - 1]) return
  while (at > 0 && frames[at - 1] > frame) at--
  if (at > 0 && frames[at - 1] === frame) return
  if (at === frames.length) second.frames = withNumber(frames, frame)
  else frames.splice(at, 0, frame)
  if (second.frames.length > MOST_FRAMES) second.frames.pop()
}

/** Gives up the half of the seconds with the fewest packets unanswered: no flood is in them. O(n log n), once in so many. */
function dropQuietest(state: FloodState): void {
  const victims = allVictims(state)
  const least = medianUnanswered(state, victims)
  for (const victim of victims) {
    const dropped = dropAnswered(victim, least) + dropUnanswered(victim, least)
    state.seconds -= dropped
    state.droppedSeconds += dropped
    const isEmpty = victim.answered === 0 && (victim.unanswered?.seconds.size ?? 0) === 0
    if (isEmpty) state.victims[victim.kind].delete(victim.address)
  }
}

/** Gives up the seconds that saw no more than `least` packets unanswered; returns how many. */
function dropAnswered(victim: Victim, least: number): number {
  const { answered } = victim
  if (answered === 0) return 0
  if (typeof answered === 'number') {
    if (unansweredIn(victim, Math.floor(answered / COUNTS)) > least) return 0
    victim.answered = 0
    return 1
  }
  const before = answered.size
  answered.forEach((_, second) => {
    if (unansweredIn(victim, second) <= least) answered.delete(second)
  })
  if (answered.size === 0) victim.answered = 0
  return before - answered.size
}

function dropUnanswered({ unanswered }: Victim, least: number): number {
  if (unanswered === null) return 0
  const { seconds } = unanswered
  const before = seconds.size
  seconds.forEach(({ packets }, second) => {
    if (packets <= least) seconds.delete(second)
  })
  return before - seconds.size
}

function unansweredIn({ unanswered }: Victim, second: number): number {
  return unanswered?.seconds.get(second)?.packets ?? 0
}

/** Packets unanswered in the second that half of all seconds have no more than. */
function medianUnanswered(state: FloodState, victims: readonly Victim[]): number {
  const counts = new Float64Array(state.seconds)
  let length = 0
  for (const victim of victims) {
    const { answered, unanswered } = victim
    if (typeof answered !== 'number') {
      for (const second of answered.keys()) counts[length++] = unansweredIn(victim, second)
    } else if (answered !== 0) counts[length++] = unansweredIn(victim, Math.floor(answered / COUNTS))
    if (unanswered === null) continue
    for (const { packets } of unanswered.seconds.values()) counts[length++] = packets
  }
  return counts.subarray(0, length).sort()[length >> 1]
}
