import type { Flow } from '../../flow/flow.ts'
import { getOrMake } from '../support/bounded-map.ts'
import { addIncident, type Incidents, mergeIncidents, newIncidents } from '../support/concluding.ts'
import { addFrame } from '../support/evidence-frames.ts'
import type { StuckSegment } from './stuck.ts'

const MOST_PATHS = 1 << 12

/** What became of segments from one host to another that were sent again in vain. */
export interface StuckPath extends Incidents {
  sender: string
  receiver: string
  resends: number
  /** Least payload that did not pass, and largest that did. */
  leastStuckBytes: number
  largestDeliveredBytes: number
  peerSegments: number
  /** Connections that went on once smaller segments were sent. */
  resolved: number
}

/** Messages that packets to one destination were too large. */
export interface TooBig extends Incidents {
  leastMtuBytes: number
}

export interface PathMtuTotals {
  blackHoles: Map<string, StuckPath>
  unanswered: Map<string, StuckPath>
  tooBig: Map<string, TooBig>
}

export function newPathMtuTotals(): PathMtuTotals {
  return { blackHoles: new Map(), unanswered: new Map(), tooBig: new Map() }
}

export function mergePathMtuTotals(into: PathMtuTotals, from: PathMtuTotals): void {
  for (const name of ['blackHoles', 'unanswered'] as const) {
    for (const [key, path] of from[name]) {
      const own = getOrMake(into[name], key, MOST_PATHS, () => newStuckPath(path.sender, path.receiver))
      if (own === null) continue
      mergeIncidents(own, path)
      own.resends += path.resends
      own.leastStuckBytes = Math.min(own.leastStuckBytes, path.leastStuckBytes)
      own.largestDeliveredBytes = Math.max(own.largestDeliveredBytes, path.largestDeliveredBytes)
      own.peerSegments += path.peerSegments
      own.resolved += path.resolved
    }
  }
  for (const [key, tooBig] of from.tooBig) {
    const own = getOrMake(into.tooBig, key, MOST_PATHS, newTooBig)
    if (own === null) continue
    mergeIncidents(own, tooBig)
    own.leastMtuBytes = Math.min(own.leastMtuBytes, tooBig.leastMtuBytes)
  }
}

/** `stuck`: never got through and nothing as large ever did; `resolved`: got through in pieces; `unanswered`: as large ones had passed. */
export function addStuck(
  totals: PathMtuTotals,
  flow: Flow,
  direction: number,
  stuck: StuckSegment,
  endNs: number,
  fate: 'stuck' | 'resolved' | 'unanswered',
): void {
  const sender = flow.address(direction)
  const receiver = flow.address(direction ^ 1)
  const map = fate === 'unanswered' ? totals.unanswered : totals.blackHoles
  const path = getOrMake(map, `${sender} > ${receiver}`, MOST_PATHS, () => newStuckPath(sender, receiver))
  if (path === null) return
  addIncident(path, Math.max(0, (fate === 'resolved' ? endNs : stuck.lastTimeNs) - stuck.firstTimeNs), ...stuck.frames)
  path.resends += stuck.resends
  path.leastStuckBytes = Math.min(path.leastStuckBytes, stuck.length)
  path.largestDeliveredBytes = Math.max(path.largestDeliveredBytes, stuck.largestDelivered)
  path.peerSegments += stuck.peerSegments
  if (fate === 'resolved') path.resolved++
}

export function addTooBig(totals: PathMtuTotals, destination: string, frame: number, mtuBytes: number): void {
  const tooBig = getOrMake(totals.tooBig, destination, MOST_PATHS, newTooBig)
  if (tooBig === null) return
  tooBig.count++
  addFrame(tooBig.frames, frame)
  if (mtuBytes > 0) tooBig.leastMtuBytes = Math.min(tooBig.leastMtuBytes, mtuBytes)
}

function newTooBig(): TooBig {
  return { ...newIncidents(), leastMtuBytes: Number.POSITIVE_INFINITY }
}

function newStuckPath(sender: string, receiver: string): StuckPath {
  return {
    ...newIncidents(),
    sender,
    receiver,
    resends: 0,
    leastStuckBytes: Number.POSITIVE_INFINITY,
    largestDeliveredBytes: 0,
    peerSegments: 0,
    resolved: 0,
  }
}
