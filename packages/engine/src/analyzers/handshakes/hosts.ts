import { mergeSlowness, mergeTrouble, newSlowness, newTrouble, type Slowness, type Trouble } from './trouble.ts'

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

export function newResponder(): Responder {
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

export function newInitiator(): Initiator {
  return { halfOpen: null, synAcks: 0, repeatedSyns: 0, slowClient: null, slowNetwork: null }
}

export function mergeResponder(into: Responder, from: Responder): void {
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

export function mergeInitiator(into: Initiator, from: Initiator): void {
  into.synAcks += from.synAcks
  into.repeatedSyns += from.repeatedSyns
  if (from.halfOpen !== null) mergeTrouble((into.halfOpen ??= newTrouble()), from.halfOpen)
  if (from.slowClient !== null) mergeSlowness((into.slowClient ??= newSlowness()), from.slowClient)
  if (from.slowNetwork !== null) mergeSlowness((into.slowNetwork ??= newSlowness()), from.slowNetwork)
}
