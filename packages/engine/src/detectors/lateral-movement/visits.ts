const MOST_SOURCES = 1 << 12
const MOST_TARGETS = 512

/** The first visit of a source to a target on a port. */
export interface Visit {
  timeNs: number
  frame: number
}

/** Whom one source visited: target -> port -> first visit. */
export interface Visitor {
  targets: Map<string, Map<number, Visit>>
  /** Visits to targets that did not fit any more. */
  beyond: number
}

/** Every visitor; exact and independent of the order within the bounds. */
export interface VisitState {
  visitors: Map<string, Visitor>
  /** Visitors given up to make room: those with the fewest targets. */
  dropped: number
}

export function newVisitState(): VisitState {
  return { visitors: new Map(), dropped: 0 }
}

export function addVisit(
  state: VisitState,
  source: string,
  target: string,
  port: number,
  timeNs: number,
  frame: number,
): void {
  const visitor = visitorOf(state, source)
  let ports = visitor.targets.get(target)
  if (ports === undefined) {
    if (visitor.targets.size >= MOST_TARGETS) {
      visitor.beyond++
      return
    }
    visitor.targets.set(target, (ports = new Map()))
  }
  const known = ports.get(port)
  if (known === undefined || frame < known.frame) ports.set(port, { timeNs, frame })
}

/** Commutative and associative within the bounds. */
export function mergeVisits(into: VisitState, from: VisitState): void {
  into.dropped += from.dropped
  for (const [source, { targets, beyond }] of from.visitors) {
    visitorOf(into, source).beyond += beyond
    for (const [target, ports] of targets) {
      for (const [port, { timeNs, frame }] of ports) addVisit(into, source, target, port, timeNs, frame)
    }
  }
}

function visitorOf(state: VisitState, source: string): Visitor {
  let visitor = state.visitors.get(source)
  if (visitor === undefined) {
    if (state.visitors.size >= 2 * MOST_SOURCES) dropSmallest(state)
    state.visitors.set(source, (visitor = { targets: new Map(), beyond: 0 }))
  }
  return visitor
}

function dropSmallest(state: VisitState): void {
  const ranked = [...state.visitors].sort(
    (a, b) => b[1].targets.size - a[1].targets.size || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0),
  )
  state.dropped += ranked.length - MOST_SOURCES
  state.visitors = new Map(ranked.slice(0, MOST_SOURCES))
}
