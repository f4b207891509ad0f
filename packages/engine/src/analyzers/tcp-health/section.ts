import type { AnalyzerDefinition } from '../../analyzer.ts'
import type { Fact, Section, Table, Unit } from '../../report.ts'
import { MOST_ROWS, tableOf } from '../../tables.ts'
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

function flagTable(totals: TcpTotals): Table {
  const { flagCounts } = totals
  // tshark shows the plain field on fast and spurious ones too
  const all = flagCounts[0] + flagCounts[1] + flagCounts[2]
  return tableOf({ key: 'tsharkFlags', title: "tshark's view (4.0.17, default preferences)" }, analysisFlagNames, [
    { key: 'flag', label: 'Flag', unit: 'filter', value: (name) => `tcp.analysis.${name}` },
    { key: 'frames', label: 'Frames', unit: 'count', value: (_, bit) => (bit === 0 ? all : flagCounts[bit]) },
  ])
}

function lossTable(totals: TcpTotals): Table {
  const counts = lossNames.map((name, kind) => [name, totals.losses[kind]] as const).slice(1)
  return tableOf({ key: 'ourView', title: 'Our view (SACK, DSACK, timestamps, IP identification)' }, counts, [
    { key: 'class', label: 'Class', unit: 'text', value: ([name]) => name },
    { key: 'segments', label: 'Segments', unit: 'count', value: ([, segments]) => segments },
  ])
}

function severityTable({ severities }: TcpTotals): Table {
  const counts = flowSeverities.map((name, i) => [name, severities[i]] as const).slice(1)
  return tableOf({ key: 'severities', title: 'Directions of connections by their share of retransmissions' }, counts, [
    { key: 'severity', label: 'Class by retransmissions', unit: 'text', value: ([name]) => name },
    { key: 'directions', label: 'Directions', unit: 'count', value: ([, directions]) => directions },
  ])
}

function worstTable(totals: TcpTotals): Table {
  return tableOf(
    { key: 'worstSenders', title: 'Senders that lost most time', total: totals.worstCount },
    totals.worst.slice(0, MOST_ROWS),
    [
      { key: 'stream', label: 'Stream', unit: 'stream', value: (side) => side.stream },
      { key: 'sender', label: 'Sender', unit: 'address', value: (side) => side.sender },
      { key: 'senderPort', label: 'Port', unit: 'port', value: (side) => side.senderPort },
      { key: 'receiver', label: 'Receiver', unit: 'address', value: (side) => side.receiver },
      { key: 'receiverPort', label: 'Port', unit: 'port', value: (side) => side.receiverPort },
      { key: 'frames', label: 'Frames sent', unit: 'count', value: (side) => side.frames },
      {
        key: 'retransmissions',
        label: 'Retransmissions (tshark)',
        unit: 'count',
        value: (side) => side.retransmissions,
      },
      { key: 'lostBefore', label: 'Lost before capture (ours)', unit: 'count', value: (side) => side.losses[2] },
      { key: 'lostAfter', label: 'Lost after capture (ours)', unit: 'count', value: (side) => side.losses[3] },
      { key: 'needless', label: 'Needless (ours)', unit: 'count', value: (side) => side.losses[5] },
      { key: 'waitedNs', label: 'Waited', unit: 'ns', value: (side) => side.waitedNs },
      { key: 'zeroWindows', label: 'Own zero windows', unit: 'count', value: (side) => side.zeroWindows },
      { key: 'zeroWindowNs', label: 'Own window closed', unit: 'ns', value: (side) => side.zeroWindowNs },
      { key: 'severity', label: 'Class by retransmissions', unit: 'text', value: (side) => side.severity },
    ],
  )
}
