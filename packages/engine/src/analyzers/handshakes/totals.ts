import { getOrMake } from '../support/bounded-map.ts'
import { type DurationHistogram, mergeHistogram, newHistogram } from '../support/duration-histogram.ts'
import { addFrame, type EvidenceFrames, mergeEvidence, newEvidence } from '../support/evidence-frames.ts'
import { addText, mergeTexts } from '../support/few-texts.ts'
import { addNumber, mergeNumbers } from '../support/smallest-numbers.ts'
import type { BackOff } from './back-off.ts'

const MOST_HOSTS = 1 << 12
const MOST_RETRIED = 50
const MOST_WAITING = 4096

/** Something that happened to attempts with one host: how often, the time it took, the frames, the ports of the host. */
export interface Trouble {
  attempts: number
  costNs: number
  longestNs: number
  frames: EvidenceFrames
  ports: number[]
  /** Hosts that tried, as far as a short list tells them apart. */
  clients: string[]
}

/** Handshakes of one kind of slowness. */
export interface Slowness extends Trouble {
  leastNs: number
}

/** What attempts to connect to one responder came to. */
export interface Responder {
  attempts: number
  completed: number
  leastSynAckNs: number
  unanswered: Trouble | null
  unansweredSyns: number
  /** Of the unanswered: sent more than one SYN, with waits as RFC 6298 asks. */
  unansweredRetried: number
  unansweredCompliant: number
  refused: Trouble | null
  retried: Trouble | null
  retriedSyns: number
  /** Of the retried: the SYN-ACK echoes the timestamp of a SYN before the last. */
  answeredEarlier: number
  slowServer: Slowness | null
  slowNetwork: Slowness | null
  /** Slow SYN-ACKs of connections without data to compare with. */
  slowUndecided: Slowness | null
}

/** What attempts from one initiator came to, of those that it left half-open. */
export interface Initiator {
  halfOpen: Trouble | null
  synAcks: number
  repeatedSyns: number
  slowClient: Slowness | null
  slowNetwork: Slowness | null
}

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
const responderSums = [
  'attempts',
  'completed',
  'unansweredSyns',
  'unansweredRetried',
  'unansweredCompliant',
  'retriedSyns',
  'answeredEarlier',
] as const
const responderTroubles = ['unanswered', 'refused', 'retried'] as const
const responderSlownesses = ['slowServer', 'slowNetwork', 'slowUndecided'] as const

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

/** Adds an attempt; `client` made it, where it matters who did. */
export function addTrouble(
  trouble: Trouble,
  costNs: number,
  port: number,
  frames: readonly number[],
  client: string | null = null,
): void {
  trouble.attempts++
  if (client !== null) addText(trouble.clients, client)
  trouble.costNs += costNs
  trouble.longestNs = Math.max(trouble.longestNs, costNs)
  addNumber(trouble.ports, port)
  for (const frame of frames) addFrame(trouble.frames, frame)
}

export function addSlowness(slowness: Slowness, durationNs: number, port: number, frames: readonly number[]): void {
  addTrouble(slowness, durationNs, port, frames)
  slowness.leastNs = Math.min(slowness.leastNs, durationNs)
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

export function newTrouble(): Trouble {
  return { attempts: 0, costNs: 0, longestNs: 0, frames: newEvidence(), ports: [], clients: [] }
}

export function newSlowness(): Slowness {
  return { ...newTrouble(), leastNs: Number.POSITIVE_INFINITY }
}

function newResponder(): Responder {
  return {
    attempts: 0,
    completed: 0,
    leastSynAckNs: Number.POSITIVE_INFINITY,
    unanswered: null,
    unansweredSyns: 0,
    unansweredRetried: 0,
    unansweredCompliant: 0,
    refused: null,
    retried: null,
    retriedSyns: 0,
    answeredEarlier: 0,
    slowServer: null,
    slowNetwork: null,
    slowUndecided: null,
  }
}

function newInitiator(): Initiator {
  return { halfOpen: null, synAcks: 0, repeatedSyns: 0, slowClient: null, slowNetwork: null }
}

function mergeTrouble(into: Trouble, from: Trouble): void {
  into.attempts += from.attempts
  into.costNs += from.costNs
  into.longestNs = Math.max(into.longestNs, from.longestNs)
  mergeEvidence(into.frames, from.frames)
  mergeNumbers(into.ports, from.ports)
  mergeTexts(into.clients, from.clients)
}

export function mergeSlowness(into: Slowness, from: Slowness): void {
  mergeTrouble(into, from)
  into.leastNs = Math.min(into.leastNs, from.leastNs)
}

function mergeResponder(into: Responder, from: Responder): void {
  for (const name of responderSums) into[name] += from[name]
  into.leastSynAckNs = Math.min(into.leastSynAckNs, from.leastSynAckNs)
  for (const name of responderTroubles) {
    const trouble = from[name]
    if (trouble !== null) mergeTrouble((into[name] ??= newTrouble()), trouble)
  }
  for (const name of responderSlownesses) {
    const slowness = from[name]
    if (slowness !== null) mergeSlowness((into[name] ??= newSlowness()), slowness)
  }
}

function mergeInitiator(into: Initiator, from: Initiator): void {
  into.synAcks += from.synAcks
  into.repeatedSyns += from.repeatedSyns
  if (from.halfOpen !== null) mergeTrouble((into.halfOpen ??= newTrouble()), from.halfOpen)
  if (from.slowClient !== null) mergeSlowness((into.slowClient ??= newSlowness()), from.slowClient)
  if (from.slowNetwork !== null) mergeSlowness((into.slowNetwork ??= newSlowness()), from.slowNetwork)
}
