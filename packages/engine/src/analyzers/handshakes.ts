import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import { WATCH_HANDSHAKE, WATCH_ROUND_TRIPS } from '../core/observations.ts'
import { TCP_ACK, TCP_RST, TCP_SYN } from '../decode/tcp.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import type { CaptureSummary } from '../report.ts'
import { LOSS_CAPTURE_DUPLICATE } from '../tcp/loss.ts'
import type { Segment } from '../tcp/segment.ts'
import { type Attempt, addSyn, newAttempt, resetAttempt, synToSynAckNs } from './handshakes/attempt.ts'
import { handshakeConclusions } from './handshakes/conclusions.ts'
import { judgeAttempt, judgeSlowness, judgeWaiting } from './handshakes/judge.ts'
import { handshakeSection } from './handshakes/section.ts'
import { type HandshakeTotals, mergeHandshakeTotals, newHandshakeTotals } from './handshakes/totals.ts'
import { ByConnection } from './support/by-connection.ts'

const IDLE = 0
const SYN_SEEN = 1
const SYN_ACK_SEEN = 2
/** Complete but slow: RTT samples of its data tell whether the network or the host is. */
const WATCHED = 3
const COMPLETE = 4

const FIRST_PHASES = 1024
const MOST_SPARE = 1024
const COMPLETENESS_HANDSHAKE = 3

/** How connections open: answers, retries with their back-off, refusals, half-open ones, and which side made a handshake slow. */
export const handshakes: AnalyzerDefinition = {
  id: 'handshakes',
  title: 'TCP handshakes',
  description:
    'Connection attempts: answered, refused, unanswered, half-open; SYN and SYN-ACK retries with their back-off (RFC 6298); slow handshakes with the side at fault.',
  settings: {
    slowAnswerNs: {
      unit: 'ns',
      default: 100e6,
      least: 0,
      most: 3600e9,
      description: 'A SYN-ACK, or the ACK of it, that takes this long is slow.',
    },
    slowHandshakeNs: {
      unit: 'ns',
      default: 300e6,
      least: 0,
      most: 3600e9,
      description: 'A handshake that takes this long altogether is slow.',
    },
    giveUpNs: {
      unit: 'ns',
      default: 3e9,
      least: 0,
      most: 3600e9,
      description: 'A single SYN that was sent this long before the end of the capture is unanswered, not waiting.',
    },
  },
  create: (context) => new Handshakes(context),
}

/** Cost: nothing outside of handshakes. */
class Handshakes implements Analyzer<HandshakeTotals> {
  private readonly totals = newHandshakeTotals()
  private phases = new Uint8Array(FIRST_PHASES)
  /** By connection, while its handshake is not judged. */
  private readonly attempts = new ByConnection<Attempt>()
  private readonly spare: Attempt[] = []
  private readonly context: AnalyzerContext
  private readonly slowAnswerNs: number
  private readonly slowHandshakeNs: number
  readonly on = {
    remarkable: (segment: Segment, packet: Packet) => this.segment(segment, packet),
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }

  constructor(context: AnalyzerContext) {
    this.context = context
    this.slowAnswerNs = context.latencyNs ?? context.setting('slowAnswerNs')
    this.slowHandshakeNs = context.latencyNs ?? context.setting('slowHandshakeNs')
  }

  state(): HandshakeTotals {
    return this.totals
  }

  merge(other: HandshakeTotals): void {
    mergeHandshakeTotals(this.totals, other)
  }

  finish(capture: CaptureSummary): AnalyzerResult {
    judgeWaiting(this.totals, capture, this.context.setting('giveUpNs'))
    return {
      section: handshakeSection(handshakes, this.totals),
      conclusions: handshakeConclusions(this.totals, this.slowAnswerNs),
    }
  }

  private segment(segment: Segment, packet: Packet): void {
    const { connection } = segment
    if ((segment.tcpFlags & TCP_SYN) !== 0) {
      if (segment.loss !== LOSS_CAPTURE_DUPLICATE) this.syn(segment, packet)
      return
    }
    if (this.attempts.size === 0 || connection >= this.phases.length) return
    const phase = this.phases[connection]
    if (phase === IDLE || phase === COMPLETE) return
    const attempt = this.attempts.get(connection)
    if (attempt === undefined) return
    if (phase === WATCHED) {
      if (!this.context.observations.hasEnoughRoundTrips(connection)) return
      this.judgeWatched(connection, attempt, this.context.flow(segment.flow))
      this.phases[connection] = COMPLETE
      this.forget(connection, attempt)
    } else if ((segment.tcpFlags & TCP_RST) !== 0) this.reset(segment, packet, attempt)
    else if (phase === SYN_ACK_SEEN) this.acknowledge(segment, packet, attempt)
  }

  private syn(segment: Segment, packet: Packet): void {
    const { connection } = segment
    if (connection >= this.phases.length) this.growPhases(connection)
    const isAnswer = (segment.tcpFlags & TCP_ACK) !== 0
    const phase = this.phases[connection]
    if (phase === WATCHED || phase === COMPLETE) {
      if (isAnswer) this.totals.synAcksAfterAck++
      return
    }
    let attempt = this.attempts.get(connection)
    if (attempt === undefined) {
      const initiator = isAnswer ? segment.direction ^ 1 : segment.direction
      const spare = this.spare.pop()
      attempt = spare === undefined ? newAttempt(initiator) : resetAttempt(spare, initiator)
      this.attempts.set(connection, attempt)
      this.context.observations.watch(connection, WATCH_HANDSHAKE)
    }
    const { number, timeNs } = packet
    const timestamp = segment.hasTimestamps ? segment.timestampValue : -1
    // the other side's SYN answers too: a simultaneous open
    if (!isAnswer && segment.direction === attempt.initiator) {
      addSyn(attempt.syns, number, timeNs, timestamp)
      if (phase === IDLE) this.phases[connection] = SYN_SEEN
      return
    }
    const isFirstAnswer = attempt.synAcks.count === 0 && attempt.syns.count > 0
    if (isFirstAnswer && segment.hasTimestamps && segment.timestampEcho !== 0)
      attempt.answeredSyn = attempt.syns.timestamps.lastIndexOf(segment.timestampEcho)
    addSyn(attempt.synAcks, number, timeNs, timestamp)
    this.phases[connection] = SYN_ACK_SEEN
  }

  /** RST before the handshake is complete: by the responder a refusal; by the initiator it gives up what it asked for. */
  private reset(segment: Segment, packet: Packet, attempt: Attempt): void {
    const isRefusal = segment.direction !== attempt.initiator && attempt.synAcks.count === 0
    this.end(segment, attempt, isRefusal ? 'refused' : 'abandoned', packet)
  }

  private acknowledge(segment: Segment, packet: Packet, attempt: Attempt): void {
    if (segment.direction !== attempt.initiator || (segment.tcpFlags & TCP_ACK) === 0) return
    attempt.ackTimeNs = packet.timeNs
    attempt.ackFrame = packet.number
    this.end(segment, attempt, 'completed', packet)
  }

  private end(
    segment: Segment,
    attempt: Attempt,
    outcome: 'completed' | 'refused' | 'abandoned',
    packet: Packet,
  ): void {
    const flow = this.context.flow(segment.flow)
    judgeAttempt(this.totals, attempt, flow, outcome, packet)
    const isSlow = outcome === 'completed' && this.isSlow(attempt)
    this.phases[segment.connection] = isSlow ? WATCHED : COMPLETE
    this.context.observations.unwatch(segment.connection, WATCH_HANDSHAKE)
    if (isSlow) this.context.observations.watch(segment.connection, WATCH_ROUND_TRIPS)
    else this.forget(segment.connection, attempt)
  }

  private isSlow(attempt: Attempt): boolean {
    const answerNs = synToSynAckNs(attempt)
    const ackNs = attempt.ackTimeNs - attempt.synAcks.lastTimeNs
    return (
      answerNs >= this.slowAnswerNs ||
      ackNs >= this.slowAnswerNs ||
      (answerNs >= 0 && answerNs + ackNs >= this.slowHandshakeNs)
    )
  }

  /** So many round trips of a slow connection's data were seen, or it is over: was it the network or the host? */
  private judgeWatched(connection: number, attempt: Attempt, flow: Flow): void {
    const { observations } = this.context
    attempt.initiatorRttNs = observations.leastRoundTripNs(connection, attempt.initiator)
    attempt.responderRttNs = observations.leastRoundTripNs(connection, attempt.initiator ^ 1)
    judgeSlowness(this.totals, attempt, flow, this.slowAnswerNs)
  }

  private forget(connection: number, attempt: Attempt): void {
    this.attempts.take(connection)
    this.context.observations.unwatch(connection, WATCH_HANDSHAKE | WATCH_ROUND_TRIPS)
    if (this.spare.length < MOST_SPARE) this.spare.push(attempt)
  }

  private flowEnd(flow: Flow): void {
    if (flow.transport !== 'tcp') return
    const { connection } = flow
    if ((flow.completeness & COMPLETENESS_HANDSHAKE) === 0) this.totals.midStream++
    if (connection >= this.phases.length) return
    const attempt = this.attempts.get(connection)
    if (attempt !== undefined) {
      if (this.phases[connection] === WATCHED) this.judgeWatched(connection, attempt, flow)
      else judgeAttempt(this.totals, attempt, flow, attempt.synAcks.count > 0 ? 'half-open' : 'unanswered', null)
      this.forget(connection, attempt)
    }
    this.phases[connection] = IDLE
  }

  private growPhases(connection: number): void {
    let length = this.phases.length
    while (length <= connection) length *= 4
    const phases = new Uint8Array(length)
    phases.set(this.phases)
    this.phases = phases
  }
}
