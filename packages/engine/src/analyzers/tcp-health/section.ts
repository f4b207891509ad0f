import type { AnalyzerDefinition } from '../../analyzer.ts'
import type { Fact, Section, Unit } from '../../report.ts'
import { analysisFlagNames } from '../../tcp/analysis-flags.ts'
import { LOSS_REORDERED, lossNames } from '../../tcp/loss.ts'
import { flowSeverities } from './flow-severity.ts'
import { keepWorst, type TcpTotals } from './totals.ts'

/** Both views side by side: what tshark flags, and what we conclude. */
export function tcpHealthSection(definition: AnalyzerDefinition, totals: TcpTotals): Section {
  keepWorst(totals)
  const fact = (key: string, label: string, unit: Unit, value: number): Fact => ({ key, label, unit, value })
  return {
    id: definition.id,
    title: definition.title,
    view: null,
    facts: [
      fact('connections', 'Connections', 'count', totals.connections),
      fact('handshakesAnswered', 'Handshakes answered', 'count', totals.handshakesAnswered),
      fact('handshakesUnanswered', 'SYN never answered', 'count', totals.handshakesUnanswered),
      fact('handshakesRefused', 'SYN refused by RST', 'count', totals.handshakesRefused),
      fact('segments', 'Segments', 'count', totals.segments),
      fact('dataSegments', 'Segments with data', 'count', totals.dataSegments),
      fact('lostSegments', 'Segments with data lost (ours)', 'count', totals.lost.total),
      fact('reorderedSegments', 'Segments with data reordered (ours)', 'count', totals.dataLosses[LOSS_REORDERED]),
      fact('sequencedSegments', 'Segments with data, SYN or FIN', 'count', totals.sequencedSegments),
      fact('waitedNs', 'Waited for segments sent again, without SYNs', 'ns', totals.waitedNs),
      fact('zeroWindowNs', 'Windows closed', 'ns', totals.zeroWindowNs),
      fact('dsacks', 'Arrived twice (DSACK)', 'count', totals.dsacks),
    ],
    tables: [flagTable(totals), lossTable(totals), severityTable(totals), worstTable(totals)],
  }
}

function flagTable(totals: TcpTotals): Section['tables'][number] {
  const rows = analysisFlagNames.map((name, bit) => [`tcp.analysis.${name}`, totals.flagCounts[bit]] as const)
  // tshark shows the plain field on fast and spurious ones too
  const all = totals.flagCounts[0] + totals.flagCounts[1] + totals.flagCounts[2]
  return {
    key: 'tsharkFlags',
    title: "tshark's view (4.0.17, default preferences)",
    columns: [
      { key: 'flag', label: 'Flag', unit: 'filter' },
      { key: 'frames', label: 'Frames', unit: 'count' },
    ],
    rows: rows.map(([name, count], bit) => [name, bit === 0 ? all : count]),
    total: rows.length,
  }
}

function lossTable(totals: TcpTotals): Section['tables'][number] {
  const rows = lossNames.map((name, kind) => [name, totals.losses[kind]] as const).slice(1)
  return {
    key: 'ourView',
    title: 'Our view (SACK, DSACK, timestamps, IP identification)',
    columns: [
      { key: 'class', label: 'Class', unit: 'text' },
      { key: 'segments', label: 'Segments', unit: 'count' },
    ],
    rows,
    total: rows.length,
  }
}

function severityTable({ severities }: TcpTotals): Section['tables'][number] {
  const rows = flowSeverities.map((name, i) => [name, severities[i]] as const).slice(1)
  return {
    key: 'severities',
    title: 'Directions of connections by their share of retransmissions',
    columns: [
      { key: 'severity', label: 'Class by retransmissions', unit: 'text' },
      { key: 'directions', label: 'Directions', unit: 'count' },
    ],
    rows,
    total: rows.length,
  }
}

function worstTable(totals: TcpTotals): Section['tables'][number] {
  return {
    key: 'worstSenders',
    title: 'Senders that lost most time',
    columns: [
      { key: 'stream', label: 'Stream', unit: 'stream' },
      { key: 'sender', label: 'Sender', unit: 'address' },
      { key: 'senderPort', label: 'Port', unit: 'port' },
      { key: 'receiver', label: 'Receiver', unit: 'address' },
      { key: 'receiverPort', label: 'Port', unit: 'port' },
      { key: 'frames', label: 'Frames sent', unit: 'count' },
      { key: 'retransmissions', label: 'Retransmissions (tshark)', unit: 'count' },
      { key: 'lostBefore', label: 'Lost before capture (ours)', unit: 'count' },
      { key: 'lostAfter', label: 'Lost after capture (ours)', unit: 'count' },
      { key: 'needless', label: 'Needless (ours)', unit: 'count' },
      { key: 'waitedNs', label: 'Waited', unit: 'ns' },
      { key: 'zeroWindows', label: 'Own zero windows', unit: 'count' },
      { key: 'zeroWindowNs', label: 'Own window closed', unit: 'ns' },
      { key: 'severity', label: 'Class by retransmissions', unit: 'text' },
    ],
    rows: totals.worst
      .slice(0, 20)
      .map((side) => [
        side.stream,
        side.sender,
        side.senderPort,
        side.receiver,
        side.receiverPort,
        side.frames,
        side.retransmissions,
        side.losses[2],
        side.losses[3],
        side.losses[5],
        side.waitedNs,
        side.zeroWindows,
        side.zeroWindowNs,
        side.severity,
      ]),
    total: totals.worstCount,
  }
}
