import { transferLimits } from '@pcap-analyzer/engine'
import { count, list, record, type Schema, text } from './schema-words.ts'

const segmentRow: Schema = {
  type: 'array',
  items: { type: 'number' },
  minItems: 10,
  maxItems: 10,
  description:
    "frame, ns since the first frame, direction (0 from the initiator), flags, relative sequence and acknowledgment number, window in bytes, payload bytes, bits of tshark's verdicts, our view of loss",
}
const ends = {
  stream: count,
  initiator: text,
  initiatorPort: count,
  responder: text,
  responderPort: count,
}
const numbers: Schema = list({ type: 'number' })
const bins = record(
  {
    widthNs: { type: 'number', exclusiveMinimum: 0 },
    index: numbers,
    payloadBytes: numbers,
    inFlightBytes: numbers,
    windowBytes: numbers,
    leastRttNs: numbers,
    greatestRttNs: numbers,
    resent: numbers,
  },
  'of what one side sent; only bins in which something happened, one value a bin; 0 unknown, of windows -1',
)
const limits: Schema = {
  anyOf: [
    record({
      payloadBytes: count,
      durationNs: { type: 'number', minimum: 0 },
      mostInFlightBytes: count,
      leastRttNs: { type: 'number', minimum: 0, description: '0 unknown' },
      limitNs: record(
        Object.fromEntries(transferLimits.map((limit) => [limit, { type: 'number', minimum: 0 }])),
        'time by what held the sender back; together the whole duration',
      ),
    }),
    { type: 'null' },
  ],
}
const shares: Schema = list(record({ name: text, packets: count, wireBytes: count }), 'most bytes first')
export const details = record(
  {
    findings: list(
      record({
        key: text,
        timelines: list(
          record({
            ...ends,
            segments: list(record({ role: { enum: ['opening', 'evidence', 'context', 'end'] }, row: segmentRow })),
            total: count,
          }),
        ),
        connections: { ...count, description: 'with evidence among the frames looked for; timelines are of the first' },
        frames: list(
          record({
            frame: count,
            timeNs: { type: 'number' },
            source: text,
            destination: text,
            protocol: text,
            wireBytes: count,
            info: text,
          }),
        ),
      }),
      'packets around the evidence of findings',
    ),
    connections: list(
      record({
        ...ends,
        firstTimeNs: { type: 'number' },
        durationNs: { type: 'number', minimum: 0 },
        total: count,
        stride: {
          type: 'integer',
          minimum: 1,
          description: 'one of so many segments is listed, beside remarkable ones',
        },
        segments: list(segmentRow),
        bins: { ...list(bins, 'of the initiator and of the responder'), minItems: 2, maxItems: 2 },
        limits: {
          ...list(limits, 'of bulk transfers from the initiator and from the responder; null of small ones'),
          minItems: 2,
          maxItems: 2,
        },
      }),
      'the most interesting connections, thinned out',
    ),
    bursts: list(
      record({ firstFrame: count, lastFrame: count, sources: shares, destinations: shares, protocols: shares }),
      'who sent and received within the bursts that the timeline lists',
    ),
  },
  'packets and samples of connections, bounded whatever the size of the capture',
)
