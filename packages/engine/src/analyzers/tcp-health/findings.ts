import type { SpokenFinding } from '../../finding.ts'
import { framesFilter, tcpStreamsFilter } from '../support/display-filter.ts'
import { toEvidence } from '../support/evidence-frames.ts'
import { countText, durationText, percentText } from '../support/units.ts'
import type { TcpTotals, WorstSide } from './totals.ts'

/** What the sums amount to; nothing is said about what did not occur. */
export function tcpHealthFindings(totals: TcpTotals): SpokenFinding[] {
  const findings = [
    loss(totals),
    retransmissions(totals),
    zeroWindows(totals),
    synRetries(totals),
    refusals(totals),
    unanswered(totals),
    resets(totals),
    duplicates(totals),
  ]
  return findings.filter((finding) => finding !== null)
}

/** Our view: what was lost, and on which side of the capture point. */
function loss(totals: TcpTotals): SpokenFinding | null {
  const { total, frames } = totals.lost
  if (total === 0) return null
  const [, , before, after, reordered, needless, ambiguous] = totals.losses
  const ratio = total / Math.max(1, totals.dataSegments)
  const side =
    before > after ? 'between the senders and the capture point' : 'between the capture point and the receivers'
  return {
    kind: 'tcp-loss',
    key: 'tcp-loss',
    severity: ratio >= 0.05 ? 'high' : ratio >= 0.01 ? 'medium' : 'low',
    confidence: ambiguous > total ? 'low' : totals.dataSegments >= 100 ? 'high' : 'medium',
    summary: `${countText(total, 'segment')} of ${totals.dataSegments} with data had to be sent again (${percentText(total, totals.dataSegments)}), ${Math.max(before, after)} of them lost ${side}`,
    costNs: totals.waitedNs > 0 ? totals.waitedNs : null,
    evidence: toEvidence(totals.lost),
    displayFilter: framesFilter(frames),
    view: 'ours',
    hypotheses: [
      {
        statement: 'lost between sender and capture point',
        accepted: before > 0,
        because: `${countText(before, 'segment')} sent again that had never passed the capture point`,
      },
      {
        statement: 'lost, or their acknowledgments, between capture point and receiver',
        accepted: after > 0,
        because: `${countText(after, 'segment')} sent again that had passed the capture point`,
      },
      {
        statement: 'only reordered',
        accepted: false,
        because: `${countText(reordered, 'segment')} beside these arrived late, with older timestamps or IP identification`,
      },
      {
        statement: 'repeated needlessly',
        accepted: false,
        because: `${countText(needless, 'segment')} beside these had been covered by an ACK or SACK; ${countText(totals.dsacks, 'DSACK')}`,
      },
    ],
    nextStep:
      before > after
        ? 'capture nearer to the senders: the loss is on the way from them to here'
        : 'capture nearer to the receivers: the loss is on the way from here to them',
  }
}

/** tshark's view, so that the number can be compared. */
function retransmissions(totals: TcpTotals): SpokenFinding | null {
  const { total } = totals.retransmissions
  if (total === 0) return null
  const [plain, fast, spurious] = totals.flagCounts
  const worst = totals.worst[0]
  const where = worst === undefined ? '' : `; most time lost by ${sideText(worst)}`
  return {
    kind: 'tcp-retransmissions',
    key: 'tcp-retransmissions',
    severity: total / Math.max(1, totals.dataSegments) >= 0.05 ? 'medium' : 'low',
    confidence: 'high',
    summary: `tshark flags ${countText(total, 'retransmission')} among ${countText(totals.dataSegments, 'segment')} with data (${percentText(total, totals.dataSegments)}): ${plain} plain, ${fast} fast, ${spurious} spurious; ${durationText(totals.waitedNs)} of waiting${where}`,
    costNs: totals.waitedNs > 0 ? totals.waitedNs : null,
    evidence: toEvidence(totals.retransmissions),
    displayFilter: 'tcp.analysis.retransmission',
    view: 'tshark',
    hypotheses: [],
    nextStep: 'compare with our own view of loss, which tells the side of the capture point',
  }
}

function zeroWindows(totals: TcpTotals): SpokenFinding | null {
  const { total } = totals.zeroWindows
  if (total === 0) return null
  const worst = totals.worst.reduce<WorstSide | undefined>(
    (most, side) => (side.zeroWindowNs > (most?.zeroWindowNs ?? 0) ? side : most),
    undefined,
  )
  const who =
    worst === undefined ? '' : `; longest at ${worst.sender}:${worst.senderPort} (${durationText(worst.zeroWindowNs)})`
  return {
    kind: 'tcp-zero-window',
    key: 'tcp-zero-window',
    severity: totals.zeroWindowNs >= 1e9 ? 'high' : totals.zeroWindowNs >= 1e8 ? 'medium' : 'low',
    confidence: 'high',
    summary: `receivers closed their window in ${countText(total, 'segment')}, senders had to wait ${durationText(totals.zeroWindowNs)}${who}`,
    costNs: totals.zeroWindowNs,
    evidence: toEvidence(totals.zeroWindows),
    displayFilter: 'tcp.analysis.zero_window',
    view: 'tshark',
    hypotheses: [
      {
        statement: 'the receiving application reads too slowly',
        accepted: totals.zeroWindowNs > 0,
        because: `windows stayed closed for ${durationText(totals.zeroWindowNs)} in total`,
      },
      {
        statement: 'the network is the bottleneck',
        accepted: false,
        because: 'a receiver closes its window only when data has arrived faster than it was read',
      },
    ],
    nextStep: 'look at the load of the receiving host and at what its application does while the window is closed',
  }
}

function synRetries(totals: TcpTotals): SpokenFinding | null {
  const { total } = totals.synRetransmissions
  if (total === 0) return null
  const costNs = totals.synWaitNs + totals.unansweredWaitNs
  return {
    kind: 'tcp-syn-retransmissions',
    key: 'tcp-syn-retransmissions',
    severity: costNs >= 1e9 ? 'medium' : 'low',
    confidence: 'high',
    summary: `${countText(total, 'SYN or SYN-ACK', 'SYNs or SYN-ACKs')} had to be sent again; connections waited ${durationText(totals.synWaitNs)} for an answer, ${durationText(totals.unansweredWaitNs)} in vain`,
    costNs,
    evidence: toEvidence(totals.synRetransmissions),
    displayFilter: 'tcp.analysis.retransmission && tcp.flags.syn == 1',
    view: 'tshark',
    hypotheses: [],
    nextStep: 'see whether the SYNs reach the server: capture there, or look at firewall drop counters',
  }
}

function refusals(totals: TcpTotals): SpokenFinding | null {
  const { total, frames } = totals.refusals
  if (total === 0) return null
  return {
    kind: 'tcp-connection-refused',
    key: 'tcp-connection-refused',
    severity: 'low',
    confidence: 'high',
    summary: `${countText(total, 'connection attempt')} of ${totals.connections} answered by RST: nothing listens there, or something rejects`,
    costNs: null,
    evidence: toEvidence(totals.refusals),
    displayFilter: framesFilter(frames),
    view: null,
    hypotheses: [],
    nextStep: 'check that the service runs and listens on the address and port that the clients use',
  }
}

function unanswered(totals: TcpTotals): SpokenFinding | null {
  const { total, frames: streams } = totals.unansweredStreams
  if (total === 0) return null
  return {
    kind: 'tcp-syn-unanswered',
    key: 'tcp-syn-unanswered',
    severity: 'low',
    confidence: 'medium',
    summary: `${countText(total, 'connection attempt')} of ${totals.connections} never answered: dropped by a filter, host down, or the answer not captured`,
    costNs: totals.unansweredWaitNs > 0 ? totals.unansweredWaitNs : null,
    evidence: { frames: [], total },
    displayFilter: tcpStreamsFilter(streams),
    view: null,
    hypotheses: [],
    nextStep: 'capture at the server, to see whether the SYNs arrive and whether an answer leaves',
  }
}

function resets(totals: TcpTotals): SpokenFinding | null {
  const total = totals.resets.total - totals.handshakesRefused
  if (total <= 0) return null
  return {
    kind: 'tcp-resets',
    key: 'tcp-resets',
    severity: 'info',
    confidence: 'high',
    summary: `${countText(totals.resets.total, 'segment')} with RST, ${totals.handshakesRefused} of them refused a connection`,
    costNs: null,
    evidence: toEvidence(totals.resets),
    displayFilter: 'tcp.flags.reset == 1',
    view: null,
    hypotheses: [],
    nextStep: 'see who sends them, and whether data was still on the way',
  }
}

function duplicates(totals: TcpTotals): SpokenFinding | null {
  const count = totals.losses[1]
  if (count === 0) return null
  return {
    kind: 'capture-duplicates',
    key: 'capture-duplicates',
    severity: 'info',
    confidence: 'high',
    summary: `${countText(count, 'segment')} of ${totals.segments} recorded twice: a mirrored port or two interfaces; tshark counts them as retransmissions and duplicate ACKs, we do not`,
    costNs: null,
    evidence: { frames: [], total: count },
    displayFilter: 'tcp.analysis.flags',
    view: 'ours',
    hypotheses: [],
    nextStep: 'remove them with editcap -d, or mirror one direction of one port only',
  }
}

function sideText(side: WorstSide): string {
  return `${side.sender}:${side.senderPort} to ${side.receiver}:${side.receiverPort}`
}
