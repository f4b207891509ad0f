import { compareText } from '../../analyzers/support/bounded-map.ts'
import { withNumber } from '../../analyzers/support/short-list.ts'

/** Seconds with requests, over all servers; beyond, those with the fewest are given up: no flood is in them. */
const MOST_SECONDS = 1 << 13
/** Paths told apart of one server; beyond, those asked for least are given up: a flood asks for few. */
const MOST_PATHS = 32
const MOST_SOURCES = 1024
const MOST_FRAMES_A_SECOND = 100
const MOST_HOSTS = 1 << 12

/** A request as it was heard; whether it was served shows later. */
export interface HeardRequest {
  readonly timeNs: number
  readonly frame: number
  readonly path: string
  isServed: boolean
}

/** What one server was asked in one second. */
export interface RequestSecond {
  requests: number
  served: number
  frames: number[]
}

/** What one server was asked. */
export interface AskedServer {
  readonly seconds: Map<number, RequestSecond>
  /** By method and path. */
  readonly paths: Map<string, number>
  /** Clients; those beyond are not told apart. */
  readonly sources: Set<string>
}

export interface HttpFloodState {
  /** By address and port. */
  servers: Map<string, AskedServer>
  /** Seconds of all servers together, and those given up to make room. */
  seconds: number
  droppedSeconds: number
}

export function newHttpFloodState(): HttpFloodState {
  return { servers: new Map(), seconds: 0, droppedSeconds: 0 }
}

/** Adds the requests of a connection that is over. */
export function addRequests(
  state: HttpFloodState,
  server: string,
  source: string,
  heard: readonly HeardRequest[],
): void {
  const asked = serverOf(state, server)
  if (asked === null) return
  addSource(asked, source)
  for (const { timeNs, frame, path, isServed } of heard) {
    addPath(asked, path, 1)
    const second = secondOf(state, asked, Math.floor(timeNs / 1e9))
    second.requests++
    if (isServed) second.served++
    addFrame(second, frame)
  }
}

/** Commutative and associative within the bounds. */
export function mergeRequests(into: HttpFloodState, from: HttpFloodState): void {
  for (const [name, other] of from.servers) {
    const asked = serverOf(into, name)
    if (asked === null) continue
    for (const [path, count] of other.paths) addPath(asked, path, count)
    for (const source of other.sources) addSource(asked, source)
    for (const [at, { requests, served, frames }] of other.seconds) {
      const second = secondOf(into, asked, at)
      second.requests += requests
      second.served += served
      for (const frame of frames) addFrame(second, frame)
    }
  }
  into.droppedSeconds += from.droppedSeconds
}

function serverOf({ servers }: HttpFloodState, name: string): AskedServer | null {
  let asked = servers.get(name)
  if (asked === undefined) {
    if (servers.size >= MOST_HOSTS) return null
    servers.set(name, (asked = { seconds: new Map(), paths: new Map(), sources: new Set() }))
  }
  return asked
}

function secondOf(state: HttpFloodState, { seconds }: AskedServer, at: number): RequestSecond {
  let second = seconds.get(at)
  if (second === undefined) {
    if (state.seconds >= MOST_SECONDS) dropQuietest(state)
    seconds.set(at, (second = { requests: 0, served: 0, frames: [] }))
    state.seconds++
  }
  return second
}

/** Keeps the smallest frames, ascending. O(1) for one that is larger than those before, as most are. */
function addFrame(second: RequestSecond, frame: number): void {
  const { frames } = second
  if (frames.length === 0 || frame > frames[frames.length - 1]) {
    if (frames.length < MOST_FRAMES_A_SECOND) second.frames = withNumber(frames, frame)
  } else {
    frames.splice(
      frames.findIndex((known) => known >= frame),
      0,
      frame,
    )
    if (frames.length > MOST_FRAMES_A_SECOND) frames.pop()
  }
}

/** Gives up the half of the seconds with the fewest requests. O(n log n), once in so many. */
function dropQuietest(state: HttpFloodState): void {
  const all = new Float64Array(state.seconds)
  let length = 0
  for (const { seconds } of state.servers.values()) {
    for (const { requests } of seconds.values()) all[length++] = requests
  }
  const least = all.sort()[length >> 1]
  let left = 0
  for (const { seconds } of state.servers.values()) {
    seconds.forEach(({ requests }, at) => {
      if (requests <= least) seconds.delete(at)
    })
    left += seconds.size
  }
  state.droppedSeconds += state.seconds - left
  state.seconds = left
}

function addPath({ paths }: AskedServer, path: string, count: number): void {
  const known = paths.get(path)
  if (known === undefined && paths.size >= MOST_PATHS) dropRarest(paths)
  paths.set(path, (known ?? 0) + count)
}

/** Gives up the half of the paths that were asked for least, of equal ones those that came last in the alphabet. */
function dropRarest(paths: Map<string, number>): void {
  const ranked = [...paths].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]))
  for (const [path] of ranked.slice(MOST_PATHS / 2)) paths.delete(path)
}

function addSource({ sources }: AskedServer, source: string): void {
  if (sources.size < MOST_SOURCES) sources.add(source)
}
