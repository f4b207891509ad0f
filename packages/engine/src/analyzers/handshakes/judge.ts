import type { Flow } from '../../flow/flow.ts'
import type { Packet } from '../../packet.ts'
import type { CaptureSummary } from '../../report.ts'
import { captureEndNs } from '../support/capture-end.ts'
import { addDuration } from '../support/duration-histogram.ts'
import { type Attempt, backOffOf, spanNs, synAckToAckNs, synToSynAckNs } from './attempt.ts'
import {
  addRetried,
  addWaiting,
  countUnanswered,
  type HandshakeTotals,
  initiatorOf,
  type RetriedAttempt,
  responderOf,
} from './totals.ts'
import { addSlowness, addTrouble, newSlowness, newTrouble } from './trouble.ts'

/** A wait that data's RTT explains at least to this part is the network's. */
const NETWORK_SHARE = 0.5

/** Adds an attempt whose outcome is known; `packet` is the one that decided, null at the flow's end. */
export function judgeAttempt(
  totals: HandshakeTotals,
  attempt: Attempt,
  flow: Flow,
  outcome: 'completed' | 'refused' | 'abandoned' | 'half-open' | 'unanswered',
  packet: Packet | null,
): void {
  const { syns, synAcks, initiator } = attempt
  const address = flow.address(initiator ^ 1)
  const port = flow.port(initiator ^ 1)
  const responder = responderOf(totals, address)
  totals.attempts++
  totals.synRetries += Math.max(0, syns.count - 1)
  totals.synAckRetries += Math.max(0, synAcks.count - 1)
  if (responder !== null) responder.attempts++
  const answerNs = synToSynAckNs(attempt)
  if (answerNs >= 0) {
    addDuration(totals.synToSynAck, answerNs)
    if (responder !== null) responder.leastSynAckNs = Math.min(responder.leastSynAckNs, answerNs)
  }
  if (syns.count > 1 || synAcks.count > 1) addRetriedAttempt(totals, attempt, flow, outcome)
  if (outcome === 'completed' || outcome === 'abandoned') {
    if (outcome === 'abandoned') totals.abandoned++
    else complete(totals, attempt, answerNs)
    if (responder === null) return
    if (outcome === 'completed') responder.completed++
    if (syns.count > 1) {
      addTrouble((responder.retried ??= newTrouble()), spanNs(syns), port, syns.frames.slice(1))
      responder.retriedSyns += syns.count - 1
      if (attempt.answeredSyn >= 0 && attempt.answeredSyn < syns.timesNs.length - 1) responder.answeredEarlier++
    }
  } else if (outcome === 'refused') {
    totals.refused++
    if (responder !== null && packet !== null) {
      const waitedNs = syns.count > 1 ? Math.max(0, packet.timeNs - syns.timesNs[0]) : 0
      addTrouble((responder.refused ??= newTrouble()), waitedNs, port, [packet.number], flow.address(initiator))
    }
  } else if (outcome === 'unanswered') {
    judgeUnanswered(totals, attempt, flow, address, port)
  } else {
    judgeHalfOpen(totals, attempt, flow)
  }
}

/** Finds the side at fault of a slow but complete handshake, from the RTT of the data that followed. */
export function judgeSlowness(totals: HandshakeTotals, attempt: Attempt, flow: Flow, slowNs: number): void {
  const answerNs = synToSynAckNs(attempt)
  const ackNs = synAckToAckNs(attempt)
  const { initiator, responderRttNs, initiatorRttNs, ackFrame } = attempt
  const port = flow.port(initiator ^ 1)
  // one side is at fault: the one that took longer; a handshake slow only as a whole counts the same way
  if (answerNs >= ackNs) {
    const responder = totals.responders.get(flow.address(initiator ^ 1))
    if (responder === undefined) return
    const frames = attempt.synAcks.frames.slice(0, 1)
    if (responderRttNs === Number.POSITIVE_INFINITY)
      addSlowness((responder.slowUndecided ??= newSlowness()), answerNs, port, frames)
    else if (responderRttNs >= NETWORK_SHARE * answerNs)
      addSlowness((responder.slowNetwork ??= newSlowness()), answerNs, port, frames)
    else addSlowness((responder.slowServer ??= newSlowness()), answerNs, port, frames)
    return
  }
  if (ackNs < slowNs && answerNs + ackNs < slowNs) return
  const client = initiatorOf(totals, flow.address(initiator))
  if (client === null) return
  const isNetwork = initiatorRttNs !== Number.POSITIVE_INFINITY && initiatorRttNs >= NETWORK_SHARE * ackNs
  if (isNetwork) addSlowness((client.slowNetwork ??= newSlowness()), ackNs, port, [ackFrame])
  else addSlowness((client.slowClient ??= newSlowness()), ackNs, port, [ackFrame])
}

/** Decides about attempts with one SYN: unanswered when it was sent early enough, else still waiting. */
export function judgeWaiting(totals: HandshakeTotals, capture: CaptureSummary, giveUpNs: number): void {
  const lastNs = captureEndNs(capture) - giveUpNs
  const still = totals.waiting.filter(({ timeNs }) => timeNs > lastNs)
  for (const waiting of totals.waiting) if (waiting.timeNs <= lastNs) countUnanswered(totals, waiting)
  totals.waiting = still
}

function complete(totals: HandshakeTotals, attempt: Attempt, answerNs: number): void {
  totals.completed++
  const ackNs = synAckToAckNs(attempt)
  if (ackNs >= 0) addDuration(totals.synAckToAck, ackNs)
  if (ackNs >= 0 && answerNs >= 0) addDuration(totals.total, answerNs + ackNs)
}

function judgeUnanswered(totals: HandshakeTotals, attempt: Attempt, flow: Flow, address: string, port: number): void {
  const { syns } = attempt
  if (syns.count === 1) {
    addWaiting(totals, {
      timeNs: syns.timesNs[0],
      frame: syns.frames[0],
      initiator: flow.address(attempt.initiator),
      responder: address,
      responderPort: port,
    })
    return
  }
  totals.unanswered++
  const responder = totals.responders.get(address)
  if (responder === undefined) return
  responder.unansweredSyns += syns.count
  responder.unansweredRetried++
  if (backOffOf(syns).isCompliant) responder.unansweredCompliant++
  addTrouble((responder.unanswered ??= newTrouble()), spanNs(syns), port, syns.frames, flow.address(attempt.initiator))
}

function judgeHalfOpen(totals: HandshakeTotals, attempt: Attempt, flow: Flow): void {
  const { syns, synAcks, initiator } = attempt
  totals.halfOpen++
  if (synAcks.count < 2) return
  const client = initiatorOf(totals, flow.address(initiator))
  if (client === null) return
  client.synAcks += synAcks.count
  client.repeatedSyns += Math.max(0, syns.count - 1)
  addTrouble((client.halfOpen ??= newTrouble()), spanNs(synAcks), flow.port(initiator ^ 1), synAcks.frames)
}

function addRetriedAttempt(totals: HandshakeTotals, attempt: Attempt, flow: Flow, outcome: string): void {
  const { syns, synAcks, initiator } = attempt
  const { pattern, isCompliant } = backOffOf(syns.count > 1 ? syns : synAcks)
  totals.retriedAttempts++
  if (isCompliant) totals.compliantAttempts++
  addRetried(totals, {
    stream: flow.number,
    firstFrame: (syns.count > 0 ? syns : synAcks).frames[0],
    initiator: flow.address(initiator),
    initiatorPort: flow.port(initiator),
    responder: flow.address(initiator ^ 1),
    responderPort: flow.port(initiator ^ 1),
    syns: syns.count,
    synAcks: synAcks.count,
    waitedNs: Math.max(spanNs(syns), spanNs(synAcks)),
    backOff: pattern,
    isCompliant,
    outcome: outcomeNames[outcome] ?? 'answered',
  })
}

const outcomeNames: Readonly<Record<string, RetriedAttempt['outcome']>> = {
  refused: 'refused',
  unanswered: 'unanswered',
  'half-open': 'half-open',
}
