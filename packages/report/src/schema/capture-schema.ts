import { count, countOrNull, counts, list, record, type Schema, text, textOrNull } from './schema-words.ts'

const time: Schema = {
  type: ['string', 'null'],
  pattern: '^-?[0-9]+\\.[0-9]{9}$',
  description: 'seconds since 1970 with nine decimals, UTC',
}

const readEnd = record(
  {
    status: {
      enum: ['ok', 'truncated', 'damaged'],
      description:
        'ok: at the end of a record; truncated: in the middle of one; damaged: a record that cannot be right',
    },
    byteOffset: { ...count, description: 'in the uncompressed input, where reading ended' },
    lastFrame: { ...count, description: 'number of the last packet that was read' },
    reason: textOrNull,
  },
  'how reading ended',
)

const captureInterface = record({
  section: count,
  index: count,
  linkType: count,
  snapLength: count,
  name: textOrNull,
  description: textOrNull,
  filter: textOrNull,
  operatingSystem: textOrNull,
  hardware: textOrNull,
  bitsPerSecond: { type: ['number', 'null'] },
  comments: list(text),
  ticksPerSecond: { type: 'number', exclusiveMinimum: 0 },
  offsetSeconds: { type: 'number' },
  packets: count,
  received: countOrNull,
  droppedByInterface: countOrNull,
  droppedByOperatingSystem: countOrNull,
})

export const capture = record(
  {
    format: text,
    compression: text,
    byteOrder: text,
    packets: count,
    wireBytes: { ...count, description: 'bytes on the wire' },
    capturedBytes: count,
    firstTime: time,
    lastTime: time,
    earliestTime: time,
    latestTime: time,
    durationNs: { type: 'number', minimum: 0, description: 'latest - earliest' },
    timeOrdered: { type: 'boolean' },
    backwardSteps: { ...count, description: 'frames that are earlier than the one before' },
    greatestBackwardNs: { type: 'number', minimum: 0 },
    truncatedPackets: { ...count, description: 'packets of which fewer bytes were kept than were on the wire' },
    packetDrops: { ...count, description: 'packets that records say were lost before them' },
    linkTypes: list(record({ number: count, name: text, supported: { type: 'boolean' }, packets: count })),
    interfaces: list(captureInterface, 'capped; interfaceCount says how many there are'),
    interfaceCount: count,
    sections: count,
    hardware: textOrNull,
    operatingSystem: textOrNull,
    application: textOrNull,
    comments: list(record({ frame: countOrNull, text }), 'capped; commentCount says how many there are'),
    commentCount: count,
    decryptionSecrets: count,
    skippedBlocks: { ...counts, description: 'blocks that hold no packet: type in hex -> number' },
    files: list(record({ name: textOrNull, packets: count, end: readEnd }), 'in the order they were read'),
    decodeStops: { ...counts, description: 'where decoding stopped before the end of a header: reason -> frames' },
    limitsReached: { ...counts, description: 'what was left out to stay within bounds; empty when complete' },
  },
  'the capture as a whole',
)
