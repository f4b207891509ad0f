import { ANY_RETRANSMISSION, analysisFlagNames } from '../tcp/analysis-flags.ts'
import type { Segment } from '../tcp/segment.ts'
import type { Field, FieldType, FieldValue } from './field.ts'
import type { FrameFacts, TransportFacts } from './frame-facts.ts'

const none: readonly FieldValue[] = []
const SYN = 0x02
const flagBits: readonly (readonly [name: string, bit: number, description: string])[] = [
  ['fin', 0x001, 'FIN'],
  ['syn', 0x002, 'SYN'],
  ['reset', 0x004, 'RST'],
  ['push', 0x008, 'PSH'],
  ['ack', 0x010, 'ACK'],
  ['urg', 0x020, 'URG'],
  ['ece', 0x040, 'ECN echo'],
  ['cwr', 0x080, 'congestion window reduced'],
  ['ae', 0x100, 'accurate ECN'],
]

/** TCP with tshark's analysis. */
export const tcpFields: readonly Field[] = [
  ports('tcp.srcport', 'source port', ({ sourcePort }) => [sourcePort]),
  ports('tcp.dstport', 'destination port', ({ destinationPort }) => [destinationPort]),
  ports('tcp.port', 'source or destination port', ({ sourcePort, destinationPort }) => [sourcePort, destinationPort]),
  tcp('tcp.stream', 'number', 'number of the stream, from 0', ({ stream }) => stream),
  tcp('tcp.len', 'number', 'bytes of payload', ({ payloadLength }) => payloadLength),
  tcp('tcp.seq', 'number', 'relative sequence number', ({ relativeSequence }) => relativeSequence),
  tcp('tcp.ack', 'number', 'relative acknowledgment number', ({ relativeAcknowledgment }) => relativeAcknowledgment),
  raw('tcp.seq_raw', 8, 'sequence number as it stands', ({ data, headerStart }) => long(data, headerStart + 4)),
  raw('tcp.ack_raw', 12, 'acknowledgment number as it stands', ({ data, headerStart }) => long(data, headerStart + 8)),
  raw('tcp.hdr_len', 13, 'bytes of the header', ({ data, headerStart }) => (data[headerStart + 12] >> 4) * 4),
  raw('tcp.flags', 14, 'the twelve bits of flags', flagsOf),
  ...flagBits.map(([name, bit, description]) =>
    raw(`tcp.flags.${name}`, 14, `${description} is set`, (one) => ((flagsOf(one) & bit) === 0 ? 0 : 1), 'boolean'),
  ),
  raw('tcp.window_size_value', 16, 'window as it stands', ({ data, headerStart }) => word(data, headerStart + 14)),
  tcp(
    'tcp.window_size',
    'number',
    'window in bytes, scaled where the scale is known',
    (segment) => segment.windowBytes,
  ),
  tcp('tcp.window_size_scalefactor', 'number', 'factor of the window; -1 unknown, -2 not used', (segment) =>
    (segment.tcpFlags & SYN) === 0 ? segment.windowScale : null,
  ),
  raw('tcp.checksum', 18, 'checksum', ({ data, headerStart }) => word(data, headerStart + 16)),
  raw('tcp.urgent_pointer', 20, 'urgent pointer', ({ data, headerStart }) => word(data, headerStart + 18)),
  tcp('tcp.options.mss_val', 'number', 'maximum segment size', ({ optionSummary }) =>
    (optionSummary & (1 << 26)) === 0 ? null : optionSummary & 0xffff,
  ),
  tcp('tcp.options.timestamp.tsval', 'number', 'timestamp', (segment) =>
    segment.hasTimestamps ? segment.timestampValue >>> 0 : null,
  ),
  tcp('tcp.options.timestamp.tsecr', 'number', 'timestamp echoed', (segment) =>
    segment.hasTimestamps ? segment.timestampEcho >>> 0 : null,
  ),
  tcp('tcp.options.sack.count', 'number', 'SACK blocks', ({ sackBlocks }) => (sackBlocks > 0 ? sackBlocks : null)),
  {
    name: 'tcp.payload',
    type: 'bytes',
    description: 'payload',
    read: ({ transports }) =>
      transports.flatMap(({ transport, data, payloadStart, payloadEnd }) =>
        transport === 'tcp' && payloadEnd > payloadStart ? [data.subarray(payloadStart, payloadEnd)] : [],
      ),
  },
  {
    name: 'tcp.time_relative',
    type: 'duration',
    description: 'since the first segment of the stream',
    read: (frame) => (frame.segment === null ? none : [frame.sinceFirstOfStreamNs]),
  },
  {
    name: 'tcp.time_delta',
    type: 'duration',
    description: 'since the segment of the stream before',
    read: (frame) => (frame.segment === null ? none : [frame.sinceLastOfStreamNs]),
  },
  shown('tcp.analysis', 'protocol', 'tshark says something of the segment', ({ hasAnalysis }) =>
    hasAnalysis ? new Uint8Array(0) : null,
  ),
  shown('tcp.analysis.flags', 'boolean', 'any verdict of tshark', ({ flags }) => (flags === 0 ? null : 1)),
  ...analysisFlagNames.map((name, bit) =>
    shown(`tcp.analysis.${name}`, 'boolean', `tshark's verdict ${name.replaceAll('_', ' ')}`, ({ flags }) =>
      (flags & (name === 'retransmission' ? ANY_RETRANSMISSION : 1 << bit)) === 0 ? null : 1,
    ),
  ),
  shown('tcp.analysis.acks_frame', 'number', 'frame that it acknowledges', ({ acknowledgedFrame }) =>
    acknowledgedFrame === 0 ? null : acknowledgedFrame,
  ),
  shown('tcp.analysis.ack_rtt', 'duration', 'since the frame that it acknowledges', (segment) =>
    segment.acknowledgedFrame === 0 ? null : segment.acknowledgmentRttNs,
  ),
  shown('tcp.analysis.initial_rtt', 'duration', 'round trip of the handshake', ({ initialRttNs, hasAnalysis }) =>
    initialRttNs === 0 || !hasAnalysis ? null : initialRttNs,
  ),
  shown('tcp.analysis.bytes_in_flight', 'number', 'bytes sent and not acknowledged', ({ bytesInFlight }) =>
    bytesInFlight === 0 ? null : bytesInFlight,
  ),
  shown('tcp.analysis.push_bytes_sent', 'number', 'bytes since the last PSH', ({ pushBytes }) =>
    pushBytes === 0 ? null : pushBytes,
  ),
  shown(
    'tcp.analysis.rto',
    'duration',
    'of a retransmission: since the segment that was not acknowledged',
    (segment) => (segment.timeoutFrame === 0 ? null : segment.timeoutNs),
  ),
  shown('tcp.analysis.rto_frame', 'number', 'of a retransmission: the segment that was not acknowledged', (segment) =>
    segment.timeoutFrame === 0 ? null : segment.timeoutFrame,
  ),
  shown('tcp.analysis.duplicate_ack_num', 'number', 'number of the duplicate', ({ duplicateAckNumber }) =>
    duplicateAckNumber === 0 ? null : duplicateAckNumber,
  ),
  shown('tcp.analysis.duplicate_ack_frame', 'number', 'frame that it duplicates', ({ duplicateAckFrame }) =>
    duplicateAckFrame === 0 ? null : duplicateAckFrame,
  ),
]

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1]
}

function long(bytes: Uint8Array, at: number): number {
  return word(bytes, at) * 65_536 + word(bytes, at + 2)
}

function tcp(
  name: string,
  type: FieldType,
  description: string,
  value: (segment: Segment) => FieldValue | null,
): Field {
  const read = ({ segment }: FrameFacts) => {
    const found = segment === null ? null : value(segment)
    return found === null ? none : [found]
  }
  return { name, type, description, read }
}

/** What tshark only shows where it could analyse the segment. */
function shown(
  name: string,
  type: FieldType,
  description: string,
  value: (segment: Segment) => FieldValue | null,
): Field {
  return tcp(name, type, description, (segment) => (segment.isShown ? value(segment) : null))
}

/** What stands in the header; it has no value where fewer than `needed` bytes of it were captured. */
function raw(
  name: string,
  needed: number,
  description: string,
  value: (transport: TransportFacts) => number,
  type: 'number' | 'boolean' = 'number',
): Field {
  const values = (one: TransportFacts) => (one.headerStart + needed > one.payloadEnd ? [] : [value(one)])
  return { ...ports(name, description, values), type }
}

function flagsOf({ data, headerStart }: TransportFacts): number {
  return word(data, headerStart + 12) & 0xfff
}

function ports(name: string, description: string, values: (transport: TransportFacts) => readonly number[]): Field {
  const read = ({ transports }: FrameFacts) => transports.flatMap((one) => (one.transport === 'tcp' ? values(one) : []))
  return { name, type: 'number', description, read }
}
