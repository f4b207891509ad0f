import { serviceOfPort } from '@pcap-analyzer/engine/observe'
import { endColumns, endsOf, type ListDefinition } from './list.ts'

/** Every TCP and UDP flow. */
export const flows: ListDefinition = {
  id: 'flows',
  description: 'every TCP and UDP flow with its packets, bytes and times',
  columns: [
    { key: 'transport', label: 'Transport', unit: 'protocol' },
    { key: 'stream', label: 'Stream', unit: 'stream' },
    ...endColumns,
    { key: 'service', label: 'Service by port', unit: 'text' },
    { key: 'firstFrame', label: 'First frame', unit: 'frame' },
    { key: 'lastFrame', label: 'Last frame', unit: 'frame' },
    { key: 'firstTime', label: 'First time', unit: 'time' },
    { key: 'durationNs', label: 'Duration', unit: 'ns' },
    { key: 'sentPackets', label: 'Sent packets', unit: 'count' },
    { key: 'sentBytes', label: 'Sent', unit: 'bytes' },
    { key: 'sentPayloadBytes', label: 'Sent payload', unit: 'bytes' },
    { key: 'receivedPackets', label: 'Received packets', unit: 'count' },
    { key: 'receivedBytes', label: 'Received', unit: 'bytes' },
    { key: 'receivedPayloadBytes', label: 'Received payload', unit: 'bytes' },
    { key: 'initialRttNs', label: 'Initial RTT', unit: 'ns' },
    { key: 'completeness', label: 'Completeness (tcp.completeness)', unit: 'count' },
  ],
  create: ({ take, time }) => ({
    flowEnd: (flow) => {
      const { initiator, transport } = flow
      const responder = initiator ^ 1
      const isTcp = transport === 'tcp'
      take([
        transport,
        flow.number,
        ...endsOf(flow),
        serviceOfPort(transport, flow.port(responder), flow.port(initiator)),
        flow.firstFrame,
        flow.lastFrame,
        time(flow.firstTimeNs),
        flow.lastTimeNs - flow.firstTimeNs,
        flow.frames(initiator),
        flow.wireBytes(initiator),
        flow.payloadBytes(initiator),
        flow.frames(responder),
        flow.wireBytes(responder),
        flow.payloadBytes(responder),
        isTcp && flow.initialRttNs > 0 ? flow.initialRttNs : null,
        isTcp ? flow.completeness : null,
      ])
    },
  }),
}
