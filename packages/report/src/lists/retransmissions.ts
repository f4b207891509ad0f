import { ANY_RETRANSMISSION, analysisFlagNames, lossNames, OUT_OF_ORDER } from '@pcap-analyzer/engine/observe'
import { endColumns, endsOf, type ListDefinition } from './list.ts'

/** Every segment that tshark calls retransmitted or out of order, or that we say was lost, with both verdicts. */
export const retransmissions: ListDefinition = {
  id: 'retransmissions',
  description:
    "every segment that tshark flags as retransmitted or out of order, or that our view calls lost, with both views' verdicts",
  columns: [
    { key: 'frame', label: 'Frame', unit: 'frame' },
    { key: 'time', label: 'Time', unit: 'time' },
    { key: 'stream', label: 'Stream', unit: 'stream' },
    ...endColumns,
    { key: 'fromInitiator', label: 'From the initiator', unit: 'text' },
    { key: 'relativeSequence', label: 'Relative sequence number', unit: 'count' },
    { key: 'payloadBytes', label: 'Payload', unit: 'bytes' },
    { key: 'tsharkFlags', label: 'Flags of tshark 4.0.17', unit: 'text' },
    { key: 'ourView', label: 'Our view', unit: 'text' },
    { key: 'timeoutNs', label: 'Since the oldest unacknowledged segment', unit: 'ns' },
  ],
  create: ({ take, time, flow: flowAt }) => ({
    remarkable: (segment, packet) => {
      const { flags, loss } = segment
      if ((flags & (ANY_RETRANSMISSION | OUT_OF_ORDER)) === 0 && loss === 0) return
      const flow = flowAt(segment.flow)
      take([
        packet.number,
        time(packet.timeNs),
        segment.stream,
        ...endsOf(flow),
        segment.direction === flow.initiator ? 'yes' : 'no',
        segment.relativeSequence,
        segment.payloadLength,
        analysisFlagNames.filter((_, bit) => (flags & (1 << bit)) !== 0).join(' '),
        lossNames[loss],
        segment.timeoutNs > 0 ? segment.timeoutNs : null,
      ])
    },
  }),
}
