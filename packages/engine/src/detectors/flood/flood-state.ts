/** Kinds of flood, also the name of the finding. */
export const floodKinds = ['syn-flood', 'udp-flood', 'icmp-flood', 'amplification-flood'] as const
export type FloodKind = (typeof floodKinds)[number]

/** Frames kept of one second, the smallest; enough that a flood of seconds has its thousand. */
const MOST_FRAMES = 128
/** Seconds with traffic, over all victims; beyond, those with the least of it are given up. */
const MOST_SECONDS = 1 << 16
/** Sources and ports told apart of one victim; more are «at least so many». */
export const MOST_SOURCES = 1024
export const MOST_PORTS = 64

/** What reached a victim in one second. */
export interface FloodSecond {
  /** Packets without answer, and connections or requests that were answered. */
  unanswered: number
  answered: number
  /** Frames of the unanswered, ascending. */
  frames: number[]
}

/** Traffic of one kind towards one address. */
export interface Victim {
  readonly kind: FloodKind
  readonly address: string
  readonly seconds: Map<number, FloodSecond>
  /** Of what was not answered. */
  readonly sources: Set<string>
  readonly ports: Set<number>
}

/** Every victim's seconds; exact and independent of the order until {@link MOST_SECONDS} of them are known. */
export interface FloodState {
  victims: Map<string, Victim>
  seconds: number
  /** Seconds given up to make room. */
  droppedSeconds: number
}

export function newFloodState(): FloodState {
  return { victims: new Map(), seconds: 0, droppedSeconds: 0 }
}

export function victimOf(state: FloodState, kind: FloodKind, address: string): Victim {
  const key = keyOf(kind, address)
  let victim = state.victims.get(key)
  if (victim === undefined) {
    victim = { kind, address, seconds: new Map(), sources: new Set(), ports: new Set() }
    state.victims.set(key, victim)
  }
  return victim
}

export function addAnswered(state: FloodState, victim: Victim, second: number): void {
  secondOf(state, victim, second).answered++
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
  const entry = secondOf(state, victim, second)
  entry.unanswered += packets
  addSmallest(entry.frames, frame)
  if (victim.sources.size < MOST_SOURCES) victim.sources.add(source)
  if (victim.ports.size < MOST_PORTS) victim.ports.add(port)
}

/** Commutative and associative within the bounds. */
export function mergeFlood(into: FloodState, from: FloodState): void {
  into.droppedSeconds += from.droppedSeconds
  for (const other of from.victims.values()) {
    const victim = victimOf(into, other.kind, other.address)
    for (const source of other.sources) if (victim.sources.size < MOST_SOURCES) victim.sources.add(source)
    for (const port of other.ports) if (victim.ports.size < MOST_PORTS) victim.ports.add(port)
    for (const [second, entry] of other.seconds) {
      const own = secondOf(into, victim, second)
      own.unanswered += entry.unanswered
      own.answered += entry.answered
      for (const frame of entry.frames) addSmallest(own.frames, frame)
    }
  }
}

function secondOf(state: FloodState, victim: Victim, second: number): FloodSecond {
  let entry = victim.seconds.get(second)
  if (entry === undefined) {
    if (state.seconds >= MOST_SECONDS) {
      dropQuietest(state)
      state.victims.set(keyOf(victim.kind, victim.address), victim)
    }
    victim.seconds.set(second, (entry = { unanswered: 0, answered: 0, frames: [] }))
    state.seconds++
  }
  return entry
}

function keyOf(kind: FloodKind, address: string): string {
  return `${kind} ${address}`
}

function addSmallest(frames: number[], frame: number): void {
  let at = frames.length
  while (at > 0 && frames[at - 1] > frame) at--
  if (frames[at - 1] === frame || at >= MOST_FRAMES) return
  frames.splice(at, 0, frame)
  if (frames.length > MOST_FRAMES) frames.pop()
}

/** Gives up the half of the seconds with the fewest unanswered packets: no flood is in them. O(n log n), once in so many. */
function dropQuietest(state: FloodState): void {
  const counts = [...state.victims.values()].flatMap(({ seconds }) => [...seconds.values()].map((e) => e.unanswered))
  counts.sort((a, b) => a - b)
  const least = counts[counts.length >> 1]
  for (const [key, victim] of state.victims) {
    for (const [second, { unanswered }] of victim.seconds) {
      if (unanswered > least) continue
      victim.seconds.delete(second)
      state.seconds--
      state.droppedSeconds++
    }
    if (victim.seconds.size === 0) state.victims.delete(key)
  }
}
