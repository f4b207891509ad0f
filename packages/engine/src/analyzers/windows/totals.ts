import { getOrMake } from '../support/bounded-map.ts'
import { type Incidents, mergeIncidents, newIncidents } from '../support/concluding.ts'

const MOST_TRANSFERS = 50
const MOST_RECEIVERS = 1 << 12

/** What held a transfer back most. */
export type Limit = 'receiver' | 'network' | 'sending application' | 'window of the sender' | 'nothing in particular'
export const limits: readonly Limit[] = [
  'receiver',
  'network',
  'sending application',
  'window of the sender',
  'nothing in particular',
]

/** One direction of a connection that carried much. */
export interface Transfer {
  stream: number
  firstFrame: number
  sender: string
  senderPort: number
  receiver: string
  receiverPort: number
  payloadBytes: number
  durationNs: number
  leastWindowBytes: number
  greatestWindowBytes: number
  isScaleKnown: boolean
  mostInFlightBytes: number
  zeroWindows: number
  closedNs: number
  fullRatio: number
  lateRatio: number
  resentRatio: number
  limit: Limit
}

/** Windows that one receiver closed. */
export interface ClosedWindows extends Incidents {
  segments: number
  connections: number
  longestClosedNs: number
}

/** Transfers that one receiver's small window held back. */
export interface SmallWindows extends Incidents {
  greatestMeanBytes: number
  resumedFull: number
  resumes: number
  /** Largest round trip of these connections, in ns. */
  rttNs: number
}

export interface WindowTotals {
  sides: number
  smallSides: number
  zeroWindows: number
  closedNs: number
  unscaledSides: number
  /** Bulk transfers by {@link limits}. */
  limited: number[]
  transfers: Transfer[]
  closed: Map<string, ClosedWindows>
  small: Map<string, SmallWindows>
}

export function newWindowTotals(): WindowTotals {
  return {
    sides: 0,
    smallSides: 0,
    zeroWindows: 0,
    closedNs: 0,
    unscaledSides: 0,
    limited: limits.map(() => 0),
    transfers: [],
    closed: new Map(),
    small: new Map(),
  }
}

export function mergeWindowTotals(into: WindowTotals, from: WindowTotals): void {
  for (const name of ['sides', 'smallSides', 'zeroWindows', 'closedNs', 'unscaledSides'] as const)
    into[name] += from[name]
  for (const [i, count] of from.limited.entries()) into.limited[i] += count
  into.transfers.push(...from.transfers)
  keepLargest(into)
  for (const [host, closed] of from.closed) {
    const own = closedOf(into, host)
    if (own === null) continue
    mergeIncidents(own, closed)
    own.segments += closed.segments
    own.connections += closed.connections
    own.longestClosedNs = Math.max(own.longestClosedNs, closed.longestClosedNs)
  }
  for (const [host, small] of from.small) {
    const own = smallOf(into, host)
    if (own === null) continue
    mergeIncidents(own, small)
    own.greatestMeanBytes = Math.max(own.greatestMeanBytes, small.greatestMeanBytes)
    own.resumedFull += small.resumedFull
    own.resumes += small.resumes
    own.rttNs = Math.max(own.rttNs, small.rttNs)
  }
}

export function closedOf(totals: WindowTotals, host: string): ClosedWindows | null {
  return getOrMake(totals.closed, host, MOST_RECEIVERS, () => ({
    ...newIncidents(),
    segments: 0,
    connections: 0,
    longestClosedNs: 0,
  }))
}

export function smallOf(totals: WindowTotals, host: string): SmallWindows | null {
  return getOrMake(totals.small, host, MOST_RECEIVERS, () => ({
    ...newIncidents(),
    greatestMeanBytes: 0,
    resumedFull: 0,
    resumes: 0,
    rttNs: 0,
  }))
}

export function addTransfer(totals: WindowTotals, transfer: Transfer): void {
  totals.limited[limits.indexOf(transfer.limit)]++
  totals.transfers.push(transfer)
  if (totals.transfers.length > 4 * MOST_TRANSFERS) keepLargest(totals)
}

/** The largest transfers first, then in order of appearance. */
export function keepLargest({ transfers }: WindowTotals): void {
  transfers.sort((a, b) => b.payloadBytes - a.payloadBytes || a.firstFrame - b.firstFrame || a.stream - b.stream)
  transfers.length = Math.min(transfers.length, MOST_TRANSFERS)
}
