import { compareText, getOrMake } from '../support/bounded-map.ts'
import { type EvidenceFrames, mergeEvidence, newEvidence } from '../support/evidence-frames.ts'

const MOST_HOSTS = 1 << 12
const MOST_PERIODS = 100
const MOST_WAITS = 1000

/** Data of one host that waited in a queue on its way. */
export interface Queue {
  flows: number
  /** Frames of the acknowledgments that came late. */
  frames: EvidenceFrames
  periods: QueuePeriod[]
  worst: QueuedFlow
}

/** The time for which the round trips of a flow were long. */
export interface QueuePeriod {
  fromNs: number
  toNs: number
  longestNs: number
}

/** What shows that round trips grew with the load. */
export interface QueuedFlow {
  receiver: string
  firstFrame: number
  baseNs: number
  longestNs: number
  meanNs: number
  samples: number
  mostInFlight: number
  meanInFlight: number
  bitsPerSecond: number
  /** Pearson's coefficient of bytes in flight and round trip, in thousandths. */
  correlation: number
}

/** A response of HTTP that began late: maybe its request waited in a queue. */
export interface LateResponse {
  client: string
  frame: number
  requestNs: number
  delayNs: number
}

export interface QueueTotals {
  /** By the host whose data waited. */
  queues: Map<string, Queue>
  late: LateResponse[]
}

export function newQueueTotals(): QueueTotals {
  return { queues: new Map(), late: [] }
}

export function addQueue(
  totals: QueueTotals,
  sender: string,
  flow: QueuedFlow,
  period: QueuePeriod,
  frames: EvidenceFrames,
): void {
  mergeQueue(totals, sender, { flows: 1, frames, periods: [period], worst: flow })
}

export function addLate(totals: QueueTotals, late: readonly LateResponse[]): void {
  totals.late.push(...late)
  if (totals.late.length > 2 * MOST_WAITS) keepEarliest(totals)
}

export function mergeQueues(into: QueueTotals, from: QueueTotals): void {
  for (const [sender, queue] of from.queues) mergeQueue(into, sender, queue)
  into.late.push(...from.late)
  keepEarliest(into)
}

/** Frames of the late responses of a host's servers whose requests were on their way while its data waited, and their delays, summed. */
export function heldBackBy(
  totals: QueueTotals,
  host: string,
  { periods }: Queue,
): { frames: number[]; waitedNs: number } {
  keepEarliest(totals)
  const held = totals.late.filter(
    ({ client, requestNs, delayNs }) =>
      client === host &&
      periods.some(
        ({ fromNs, toNs, longestNs }) => requestNs >= fromNs && requestNs <= toNs && delayNs <= 1.25 * longestNs,
      ),
  )
  return { frames: held.map(({ frame }) => frame), waitedNs: held.reduce((sum, { delayNs }) => sum + delayNs, 0) }
}

function mergeQueue(totals: QueueTotals, sender: string, from: Queue): void {
  const fresh = !totals.queues.has(sender)
  const queue = getOrMake(totals.queues, sender, MOST_HOSTS, () => ({ ...from, frames: newEvidence() }))
  if (queue === null) return
  mergeEvidence(queue.frames, from.frames)
  if (fresh) return
  queue.flows += from.flows
  queue.periods = [...queue.periods, ...from.periods]
    .sort((a, b) => b.toNs - b.fromNs - (a.toNs - a.fromNs) || a.fromNs - b.fromNs || a.longestNs - b.longestNs)
    .slice(0, MOST_PERIODS)
  if (isWorse(from.worst, queue.worst)) queue.worst = from.worst
}

function isWorse(a: QueuedFlow, b: QueuedFlow): boolean {
  return (
    (b.samples - a.samples ||
      b.longestNs - a.longestNs ||
      a.firstFrame - b.firstFrame ||
      compareText(a.receiver, b.receiver)) < 0
  )
}

function keepEarliest({ late }: QueueTotals): void {
  late.sort((a, b) => a.frame - b.frame || compareText(a.client, b.client))
  late.length = Math.min(late.length, MOST_WAITS)
}
