import type { Flow } from '../../flow/flow.ts'
import { analysisFlagNames } from '../../tcp/analysis-flags.ts'
import { lossNames } from '../../tcp/loss.ts'
import { type EvidenceFrames, mergeEvidence, newEvidence } from '../support/evidence-frames.ts'
import type { ConnectionHealth } from './connection-health.ts'
import { type FlowSeverity, type FlowThresholds, flowSeverities, flowSeverity } from './flow-severity.ts'
import { type LossyTransfer, largerTransfer, lossyTransfer } from './lossy-transfer.ts'

const MOST_FLOWS = 50

/** One side of a flow that suffered: the data it sent had to be sent again, or it closed its window. */
export interface WorstSide {
  stream: number
  firstFrame: number
  sender: string
  senderPort: number
  receiver: string
  receiverPort: number
  frames: number
  retransmissions: number
  losses: number[]
  waitedNs: number
  zeroWindows: number
  zeroWindowNs: number
  severity: FlowSeverity
}

/** State of the analyzer: sums, evidence, and the worst flows. Everything merges by adding or by taking the largest. */
export interface TcpTotals {
  segments: number
  dataSegments: number
  /** Segments with data, SYN or FIN: those that can be sent again. */
  sequencedSegments: number
  connections: number
  handshakesAnswered: number
  handshakesUnanswered: number
  handshakesRefused: number
  /** Longest wait of each connection for a repeated SYN, summed: of those answered later, and of those never answered. */
  synWaitNs: number
  unansweredWaitNs: number
  dsacks: number
  /** Of the retransmissions and the SYNs among them: packets that the capture holds twice. */
  duplicateRetransmissions: number
  duplicateSyns: number
  /** By analysis-flags.ts, tshark's view. */
  flagCounts: number[]
  /** By loss.ts, our view: of all segments, and of those with data. */
  losses: number[]
  dataLosses: number[]
  retransmissions: EvidenceFrames
  /** Segments with data sent again because they were lost, by our view. */
  lost: EvidenceFrames
  synRetransmissions: EvidenceFrames
  zeroWindows: EvidenceFrames
  windowFull: EvidenceFrames
  resets: EvidenceFrames
  refusals: EvidenceFrames
  captureDuplicates: EvidenceFrames
  /** The first frame of each connection that was never answered. */
  unansweredSyns: EvidenceFrames
  waitedNs: number
  zeroWindowNs: number
  worst: WorstSide[]
  /** The largest transfer that lost a share of its segments. */
  lossyTransfer: LossyTransfer | null
  /** Directions with retransmissions by {@link flowSeverities}. */
  severities: number[]
  /** Sides that suffered, listed or not. */
  worstCount: number
}

export function newTotals(): TcpTotals {
  return {
    segments: 0,
    dataSegments: 0,
    sequencedSegments: 0,
    connections: 0,
    handshakesAnswered: 0,
    handshakesUnanswered: 0,
    handshakesRefused: 0,
    synWaitNs: 0,
    unansweredWaitNs: 0,
    dsacks: 0,
    duplicateRetransmissions: 0,
    duplicateSyns: 0,
    flagCounts: analysisFlagNames.map(() => 0),
    losses: lossNames.map(() => 0),
    dataLosses: lossNames.map(() => 0),
    retransmissions: newEvidence(),
    lost: newEvidence(),
    synRetransmissions: newEvidence(),
    zeroWindows: newEvidence(),
    windowFull: newEvidence(),
    resets: newEvidence(),
    refusals: newEvidence(),
    captureDuplicates: newEvidence(),
    unansweredSyns: newEvidence(),
    waitedNs: 0,
    zeroWindowNs: 0,
    worst: [],
    lossyTransfer: null,
    severities: flowSeverities.map(() => 0),
    worstCount: 0,
  }
}

const sums = [
  'segments',
  'dataSegments',
  'sequencedSegments',
  'connections',
  'handshakesAnswered',
  'handshakesUnanswered',
  'handshakesRefused',
  'synWaitNs',
  'unansweredWaitNs',
  'dsacks',
  'duplicateRetransmissions',
  'duplicateSyns',
  'waitedNs',
  'zeroWindowNs',
  'worstCount',
] as const

const evidences = [
  'retransmissions',
  'lost',
  'synRetransmissions',
  'zeroWindows',
  'windowFull',
  'resets',
  'refusals',
  'captureDuplicates',
  'unansweredSyns',
] as const

export function mergeTotals(into: TcpTotals, from: TcpTotals): void {
  for (const name of sums) into[name] += from[name]
  for (const name of evidences) mergeEvidence(into[name], from[name])
  for (const [i, count] of from.flagCounts.entries()) into.flagCounts[i] += count
  for (const [i, count] of from.losses.entries()) into.losses[i] += count
  for (const [i, count] of from.dataLosses.entries()) into.dataLosses[i] += count
  for (const [i, count] of from.severities.entries()) into.severities[i] += count
  into.lossyTransfer = largerTransfer(into.lossyTransfer, from.lossyTransfer)
  into.worst.push(...from.worst)
  keepWorst(into)
}

/** Adds the sides of a flow that ended to the sums and, if they are bad enough, to the list. */
export function addWorstFlow(
  totals: TcpTotals,
  flow: Flow,
  health: ConnectionHealth,
  thresholds: FlowThresholds,
): void {
  for (let direction = 0; direction < 2; direction++) {
    const side = health.sides[direction]
    totals.lossyTransfer = largerTransfer(totals.lossyTransfer, lossyTransfer(flow, direction, side))
    if (side.zeroWindowSinceNs >= 0) {
      side.zeroWindowNs += Math.max(0, flow.lastTimeNs - side.zeroWindowSinceNs)
      side.zeroWindowSinceNs = -1
    }
    totals.waitedNs += side.waitedNs
    totals.zeroWindowNs += side.zeroWindowNs
    if (
      side.retransmissions === 0 &&
      side.zeroWindows === 0 &&
      !side.losses.some((count, kind) => kind > 0 && count > 0)
    )
      continue
    const severity = flowSeverity(side, flow, direction, thresholds)
    totals.severities[flowSeverities.indexOf(severity)]++
    totals.worstCount++
    totals.worst.push({
      stream: flow.number,
      firstFrame: flow.firstFrame,
      sender: flow.address(direction),
      senderPort: flow.port(direction),
      receiver: flow.address(direction ^ 1),
      receiverPort: flow.port(direction ^ 1),
      frames: flow.frames(direction),
      retransmissions: side.retransmissions,
      losses: side.losses,
      waitedNs: side.waitedNs,
      zeroWindows: side.zeroWindows,
      zeroWindowNs: side.zeroWindowNs,
      severity,
    })
  }
  if (totals.worst.length > 4 * MOST_FLOWS) keepWorst(totals)
}

/** The worst first: by time lost, then by repeated segments, then in order of appearance. */
export function keepWorst(totals: TcpTotals): void {
  totals.worst.sort(
    (a, b) =>
      b.waitedNs + b.zeroWindowNs - (a.waitedNs + a.zeroWindowNs) ||
      b.retransmissions - a.retransmissions ||
      a.firstFrame - b.firstFrame ||
      a.stream - b.stream ||
      (a.sender < b.sender ? -1 : a.sender > b.sender ? 1 : a.senderPort - b.senderPort),
  )
  totals.worst.length = Math.min(totals.worst.length, MOST_FLOWS)
}
