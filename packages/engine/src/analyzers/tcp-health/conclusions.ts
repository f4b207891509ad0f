import type { AnalyzerContext } from '../../analyzer.ts'
import type { Conclusion, Test } from '../../finding.ts'
import { concludeSum } from '../support/concluding.ts'
import { framesFilter } from '../support/display-filter.ts'
import { isHeldBack, type LossyTransfer } from './lossy-transfer.ts'
import type { TcpTotals, WorstSide } from './totals.ts'

const NOTICED_NS = 100e6

/** What the sums amount to; nothing is said about what did not occur. */
export function tcpHealthConclusions(totals: TcpTotals, context: AnalyzerContext): Conclusion[] {
  const conclusions = [
    loss(totals, context),
    retransmissions(totals, context),
    zeroWindows(totals, context),
    synRetries(totals, context),
    refusals(totals),
    unanswered(totals),
    resets(totals),
    duplicates(totals),
  ]
  return conclusions.filter((conclusion) => conclusion !== null)
}

/** Our view: what was lost, and on which side of the capture point. */
function loss(totals: TcpTotals, context: AnalyzerContext): Conclusion | null {
  const { total, frames } = totals.lost
  if (total === 0) return null
  const { dataSegments, dsacks } = totals
  const [, , before, after, reordered, needless, ambiguous] = totals.dataLosses
  const ratio = total / Math.max(1, dataSegments)
  const isSampled = dataSegments >= context.setting('leastDataSegments')
  const hypotheses: Test[] = [
    { id: 'before-capture', accepted: before > 0, values: { segments: before } },
    { id: 'after-capture', accepted: after > 0, values: { segments: after } },
    { id: 'reordered', accepted: false, values: { segments: reordered } },
    { id: 'needless', accepted: false, values: { segments: needless, dsacks } },
  ]
  const transfer = totals.lossyTransfer
  if (transfer !== null) hypotheses.push(throughput(transfer))
  return {
    ...concludeSum('tcp-loss', totals.lost),
    severity: ratio >= context.setting('highLoss') ? 'high' : ratio >= context.setting('mediumLoss') ? 'medium' : 'low',
    confidence: ambiguous > total ? 'low' : isSampled ? 'high' : 'medium',
    costNs: costOf(totals.waitedNs),
    samples: dataSegments,
    values: { lost: total, dataSegments, before, after },
    displayFilter: framesFilter(frames),
    view: 'ours',
    hypotheses,
    needs: ['both-directions', 'no-capture-drops', 'monotone-clock'],
  }
}

/** What loss allowed the largest transfer, held against how fast it was. */
function throughput(transfer: LossyTransfer): Test {
  const { sender, receiver, lost, segments, rttNs } = transfer
  return {
    id: 'throughput',
    accepted: isHeldBack(transfer),
    values: {
      sender,
      receiver,
      lost,
      segments,
      rttNs,
      megabitsPerSecond: megabits(transfer.bitsPerSecond),
      boundMegabitsPerSecond: megabits(transfer.boundBitsPerSecond),
    },
  }
}

function megabits(bitsPerSecond: number): number {
  return Math.round(bitsPerSecond / 1e4) / 100
}

/** tshark's view, so that the number can be compared. */
function retransmissions(totals: TcpTotals, context: AnalyzerContext): Conclusion | null {
  const { total } = totals.retransmissions
  if (total === 0) return null
  const { sequencedSegments, waitedNs } = totals
  const [plain, fast, spurious] = totals.flagCounts
  const ratio = total / Math.max(1, sequencedSegments)
  return {
    ...concludeSum('tcp-retransmissions', totals.retransmissions),
    // what our view does not call lost, and cost nobody time, harms nobody
    severity: ratio >= context.setting('mediumRetransmissions') && waitedNs >= NOTICED_NS ? 'medium' : 'low',
    costNs: costOf(waitedNs),
    samples: sequencedSegments,
    values: {
      retransmissions: total,
      duplicates: totals.duplicateRetransmissions,
      sequencedSegments,
      plain,
      fast,
      spurious,
      waitedNs,
      ...sideOf(totals.worst[0]),
    },
    displayFilter: 'tcp.analysis.retransmission',
    view: 'tshark',
    needs: ['no-capture-duplicates', 'monotone-clock'],
  }
}

function zeroWindows(totals: TcpTotals, context: AnalyzerContext): Conclusion | null {
  const { total } = totals.zeroWindows
  if (total === 0) return null
  const { zeroWindowNs } = totals
  const longest = totals.worst.reduce<WorstSide | undefined>(
    (most, side) => (side.zeroWindowNs > (most?.zeroWindowNs ?? 0) ? side : most),
    undefined,
  )
  const isHigh = zeroWindowNs >= context.setting('highZeroWindow')
  const isMedium = zeroWindowNs >= context.setting('mediumZeroWindow')
  return {
    ...concludeSum('tcp-zero-window', totals.zeroWindows),
    severity: isHigh ? 'high' : isMedium ? 'medium' : 'low',
    costNs: zeroWindowNs,
    values: { segments: total, zeroWindowNs, longestNs: longest?.zeroWindowNs ?? 0, ...sideOf(longest) },
    displayFilter: 'tcp.analysis.zero_window',
    view: 'tshark',
    hypotheses: [
      { id: 'slow-reader', accepted: zeroWindowNs > 0, values: { zeroWindowNs } },
      { id: 'network', accepted: false, values: {} },
    ],
    needs: ['monotone-clock'],
  }
}

function synRetries(totals: TcpTotals, context: AnalyzerContext): Conclusion | null {
  const { total } = totals.synRetransmissions
  if (total === 0) return null
  const { synWaitNs, unansweredWaitNs } = totals
  const costNs = synWaitNs + unansweredWaitNs
  return {
    ...concludeSum('tcp-syn-retransmissions', totals.synRetransmissions),
    severity: costNs >= context.setting('mediumConnectWait') ? 'medium' : 'low',
    costNs,
    values: { retransmissions: total, duplicates: totals.duplicateSyns, synWaitNs, unansweredWaitNs },
    displayFilter: 'tcp.analysis.retransmission && tcp.flags.syn == 1',
    view: 'tshark',
    needs: ['monotone-clock', 'no-capture-duplicates'],
  }
}

function refusals(totals: TcpTotals): Conclusion | null {
  const { total, frames } = totals.refusals
  if (total === 0) return null
  return {
    ...concludeSum('tcp-connection-refused', totals.refusals),
    severity: 'low',
    values: { attempts: total, connections: totals.connections },
    displayFilter: framesFilter(frames),
  }
}

function unanswered(totals: TcpTotals): Conclusion | null {
  const { total } = totals.unansweredSyns
  if (total === 0) return null
  return {
    ...concludeSum('tcp-syn-unanswered', totals.unansweredSyns),
    severity: 'low',
    confidence: 'medium',
    costNs: costOf(totals.unansweredWaitNs),
    values: { attempts: total, connections: totals.connections },
    needs: ['both-directions', 'no-capture-drops'],
    isAbsence: true,
  }
}

function resets(totals: TcpTotals): Conclusion | null {
  const { total } = totals.resets
  if (total <= totals.handshakesRefused) return null
  return {
    ...concludeSum('tcp-resets', totals.resets),
    severity: 'info',
    values: { segments: total, refusals: totals.handshakesRefused },
    displayFilter: 'tcp.flags.reset == 1 && !icmp && !icmpv6',
  }
}

function duplicates(totals: TcpTotals): Conclusion | null {
  const { total, frames } = totals.captureDuplicates
  if (total === 0) return null
  return {
    ...concludeSum('capture-duplicates', totals.captureDuplicates),
    severity: 'info',
    values: { duplicates: total, segments: totals.segments },
    displayFilter: framesFilter(frames),
    view: 'ours',
  }
}

function costOf(waitedNs: number): number | null {
  return waitedNs > 0 ? waitedNs : null
}

/** Addresses and ports of a side for the words; empty when there is none to name. */
function sideOf(side: WorstSide | undefined): Record<string, number | string> {
  const { sender = '', senderPort = '', receiver = '', receiverPort = '' } = side ?? {}
  return { sender, senderPort, receiver, receiverPort }
}
