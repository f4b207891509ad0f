import { getOrMake } from '../support/bounded-map.ts'
import { type DurationHistogram, mergeHistogram, newHistogram } from '../support/duration-histogram.ts'
import type { BackOff } from './back-off.ts'
import { type Initiator, mergeInitiator, mergeResponder, newInitiator, newResponder, type Responder } from './hosts.ts'
import { addTrouble, newTrouble } from './trouble.ts'

const MOST_HOSTS = 1 << 12
const MOST_RETRIED = 50
const MOST_WAITING = 4096

/** An attempt whose SYN or SYN-ACK was sent again. */
export interface RetriedAttempt {
  stream: number
  firstFrame: number
  initiator: string
  initiatorPort: number
  responder: string
  responderPort: number
  syns: number
  synAcks: number
  waitedNs: number
  backOff: BackOff
  isCompliant: boolean
  outcome: 'answered' | 'refused' | 'unanswered' | 'half-open'
}

/** An attempt with one SYN and no answer; whether it waits or was given up shows only when the capture's end is known. */
export interface WaitingAttempt {
  timeNs: number
  frame: number
  initiator: string
  responder: string
  responderPort: number
}

export interface HandshakeTotals {
  attempts: number
  completed: number
  refused: number
  unanswered: number
  halfOpen: number
  /** SYN-ACK answered by RST: a probe, a scan, or an initiator that never asked. */
  abandoned: number
  midStream: number
  synRetries: number
  synAckRetries: number
  /** SYN-ACKs sent again though the handshake was complete here: the last ACK was lost behind the capture point. */
  synAcksAfterAck: number
  retriedAttempts: number
  compliantAttempts: number
  synToSynAck: DurationHistogram
  synAckToAck: DurationHistogram
  total: DurationHistogram
  responders: Map<string, Responder>
  initiators: Map<string, Initiator>
  /** Attempts with hosts that did not fit any more. */
  attemptsBeyond: number
  retried: RetriedAttempt[]
  waiting: WaitingAttempt[]
}

const sums = [
  'attempts',
  'completed',
  'refused',
  'unanswered',
  'halfOpen',
  'abandoned',
  'midStream',
  'synRetries',
  'synAckRetries',
  'synAcksAfterAck',
  'retriedAttempts',
  'compliantAttempts',
  'attemptsBeyond',
] as const

const histograms = ['synToSynAck', 'synAckToAck', 'total'] as const
export function newHandshakeTotals(): HandshakeTotals {
  return {
    ...(Object.fromEntries(sums.map((name) => [name, 0])) as Record<(typeof sums)[number], number>),
    synToSynAck: newHistogram(),
    synAckToAck: newHistogram(),
    total: newHistogram(),
    responders: new Map(),
    initiators: new Map(),
    retried: [],
    waiting: [],
  }
}

export function mergeHandshakeTotals(into: HandshakeTotals, from: HandshakeTotals): void {
  for (const name of sums) into[name] += from[name]
  for (const name of histograms) mergeHistogram(into[name], from[name])
  for (const [host, responder] of from.responders) {
    const own = getOrMake(into.responders, host, MOST_HOSTS, newResponder)
    if (own === null) into.attemptsBeyond += responder.attempts
    else mergeResponder(own, responder)
  }
  for (const [host, initiator] of from.initiators) {
    const own = getOrMake(into.initiators, host, MOST_HOSTS, newInitiator)
    if (own !== null) mergeInitiator(own, initiator)
  }
  into.retried.push(...from.retried)
  keepLongestWaits(into)
  for (const waiting of from.waiting) addWaiting(into, waiting)
}

/** The record of a responder; null when there are too many, which is counted. */
export function responderOf(totals: HandshakeTotals, address: string): Responder | null {
  const responder = getOrMake(totals.responders, address, MOST_HOSTS, newResponder)
  if (responder === null) totals.attemptsBeyond++
  return responder
}

export function initiatorOf(totals: HandshakeTotals, address: string): Initiator | null {
  return getOrMake(totals.initiators, address, MOST_HOSTS, newInitiator)
}

export function addRetried(totals: HandshakeTotals, attempt: RetriedAttempt): void {
  totals.retried.push(attempt)
  if (totals.retried.length > 4 * MOST_RETRIED) keepLongestWaits(totals)
}

/** Remembers an attempt that may still wait. Of too many the earliest count as unanswered at once. */
export function addWaiting(totals: HandshakeTotals, attempt: WaitingAttempt): void {
  totals.waiting.push(attempt)
  if (totals.waiting.length <= 2 * MOST_WAITING) return
  totals.waiting.sort((a, b) => b.timeNs - a.timeNs || b.frame - a.frame)
  for (const waiting of totals.waiting.splice(MOST_WAITING)) countUnanswered(totals, waiting)
}

/** Counts an attempt with one SYN as unanswered. */
export function countUnanswered(
  totals: HandshakeTotals,
  { initiator, responder, responderPort, frame }: WaitingAttempt,
): void {
  totals.unanswered++
  const record = totals.responders.get(responder)
  if (record === undefined) return
  record.unansweredSyns++
  addTrouble((record.unanswered ??= newTrouble()), 0, responderPort, [frame], initiator)
}

/** The longest waits first, then in order of appearance. */
export function keepLongestWaits(totals: HandshakeTotals): void {
  totals.retried.sort((a, b) => b.waitedNs - a.waitedNs || a.firstFrame - b.firstFrame || a.stream - b.stream)
  totals.retried.length = Math.min(totals.retried.length, MOST_RETRIED)
}
