/** Seconds with requests, over all servers; beyond, those with the fewest are given up: no flood is in them. */
const MOST_SECONDS = 1 << 13
const MOST_PATHS = 256
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
  seconds: Map<number, RequestSecond>
  /** By method and path, and by client; those beyond are not told apart. */
  paths: Map<string, number>
  sources: Map<string, number>
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
  add(asked.sources, source, heard.length, MOST_SOURCES)
  for (const { timeNs, frame, path, isServed } of heard) {
    add(asked.paths, path, 1, MOST_PATHS)
    addSecond(state, asked, Math.floor(timeNs / 1e9), { requests: 1, served: Number(isServed), frames: [frame] })
  }
}

/** Commutative and associative within the bounds. */
export function mergeRequests(into: HttpFloodState, from: HttpFloodState): void {
  for (const [name, other] of from.servers) {
    const asked = serverOf(into, name)
    if (asked === null) continue
    for (const [path, count] of other.paths) add(asked.paths, path, count, MOST_PATHS)
    for (const [source, count] of other.sources) add(asked.sources, source, count, MOST_SOURCES)
    for (const [second, one] of other.seconds) addSecond(into, asked, second, one)
  }
  into.droppedSeconds += from.droppedSeconds
}

function serverOf({ servers }: HttpFloodState, name: string): AskedServer | null {
  let asked = servers.get(name)
  if (asked === undefined) {
    if (servers.size >= MOST_HOSTS) return null
    servers.set(name, (asked = { seconds: new Map(), paths: new Map(), sources: new Map() }))
  }
  return asked
}

function addSecond(
  state: HttpFloodState,
  { seconds }: AskedServer,
  at: number,
  { requests, served, frames }: RequestSecond,
): void {
  let second = seconds.get(at)
  if (second === undefined) {
    if (state.seconds >= MOST_SECONDS) dropQuietest(state)
    seconds.set(at, (second = { requests: 0, served: 0, frames: [] }))
    state.seconds++
  }
  second.requests += requests
  second.served += served
  second.frames = [...second.frames, ...frames].sort((a, b) => a - b).slice(0, MOST_FRAMES_A_SECOND)
}

/** Gives up the half of the seconds with the fewest requests. O(n log n), once in so many. */
function dropQuietest(state: HttpFloodState): void {
  const all = [...state.servers.values()].flatMap(({ seconds }) =>
    [...seconds.values()].map(({ requests }) => requests),
  )
  const least = all.sort((a, b) => a - b)[all.length >> 1]
  for (const { seconds } of state.servers.values()) {
    for (const [at, { requests }] of [...seconds]) if (requests <= least) seconds.delete(at)
  }
  const left = [...state.servers.values()].reduce((sum, { seconds }) => sum + seconds.size, 0)
  state.droppedSeconds += state.seconds - left
  state.seconds = left
}

function add(counts: Map<string, number>, key: string, count: number, most: number): void {
  const known = counts.get(key)
  if (known !== undefined || counts.size < most) counts.set(key, (known ?? 0) + count)
}
