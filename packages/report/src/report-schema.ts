import {
  checkIds,
  grades,
  healthMetricIds,
  phenomenonIds,
  severities,
  transferLimits,
  vantageBases,
} from '@pcap-analyzer/engine'

/** Units of values in sections; a renderer that knows these can draw any section. */
const units = [
  'count',
  'bytes',
  'ns',
  'ratio',
  'bitsPerSecond',
  'packetsPerSecond',
  'address',
  'port',
  'frame',
  'stream',
  'protocol',
  'text',
  'filter',
  'time',
]

type Schema = Readonly<Record<string, unknown>>

const text: Schema = { type: 'string' }
const textOrNull: Schema = { type: ['string', 'null'] }
const count: Schema = { type: 'integer', minimum: 0 }
const countOrNull: Schema = { type: ['integer', 'null'], minimum: 0 }
const counts: Schema = { type: 'object', additionalProperties: count }
const value: Schema = { type: ['number', 'string', 'boolean', 'null'] }
const view: Schema = {
  enum: ['tshark', 'ours', null],
  description: 'which of the two views of TCP the numbers are from; null where there is only one',
}
const time: Schema = {
  type: ['string', 'null'],
  pattern: '^-?[0-9]+\\.[0-9]{9}$',
  description: 'seconds since 1970 with nine decimals, UTC',
}

/** An object that has exactly these members. */
function record(properties: Readonly<Record<string, Schema>>, description?: string): Schema {
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    required: Object.keys(properties),
    additionalProperties: false,
    properties,
  }
}

/** The same object, which may have more members. */
function withOptional(schema: Schema, properties: Readonly<Record<string, Schema>>): Schema {
  return { ...schema, properties: { ...(schema.properties as Readonly<Record<string, Schema>>), ...properties } }
}

/** An object that has these members, of which some may be left out. */
function recordWith(optional: readonly string[], properties: Readonly<Record<string, Schema>>): Schema {
  const whole = record(properties)
  return { ...whole, required: Object.keys(properties).filter((name) => !optional.includes(name)) }
}

function list(items: Schema, description?: string): Schema {
  return { type: 'array', ...(description === undefined ? {} : { description }), items }
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

const capture = record(
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

const checkId: Schema = { enum: [...checkIds] }

const quality = record(
  {
    verdict: { ...text, minLength: 1, description: 'one sentence' },
    vantagePoint: {
      enum: ['client', 'server', 'both', 'middle', 'unknown'],
      description: 'where it was taken: at the clients (initiators), the servers, hosts that are both, or in between',
    },
    vantageBasis: { enum: [...vantageBases], description: 'what tells it' },
    checks: list(
      record({
        id: checkId,
        ok: { type: ['boolean', 'null'], description: 'null where the capture gives no occasion to judge' },
        numbers: { type: 'object', additionalProperties: { type: 'number' } },
        text,
      }),
    ),
    advice: list(record({ check: checkId, text, commands: list(text) }), 'how to make a better capture'),
    withheld: list(
      record({ kind: text, key: text, because: list(text) }),
      'findings that are not told because the capture could not have shown the opposite',
    ),
  },
  'whether the capture can support what is concluded of it',
)

const points: Schema = { type: 'number', minimum: 0, maximum: 100 }

const health = record(
  {
    score: { type: ['number', 'null'], minimum: 0, maximum: 100, description: 'null when nothing could be measured' },
    grade: { enum: [...grades, null], description: 'from 95, 85, 65, 45, 25 points on, and below' },
    text: { ...text, minLength: 1 },
    parts: list(
      record({
        id: { enum: [...healthMetricIds] },
        unit: { enum: ['ratio', 'ns'] },
        value: { type: ['number', 'null'], minimum: 0 },
        samples: count,
        penalty: points,
        weight: { type: 'number', minimum: 0 },
        points: { ...points, description: 'taken off: the penalty by its share of the weights that are known' },
        missing: { enum: ['too-few-samples', 'quality', 'security', null], description: 'why it is not known' },
        failedChecks: list(checkId),
        text,
      }),
    ),
    security: record(
      { findings: count, worst: { enum: [...severities, null] }, points, text },
      'what the worst security finding takes off',
    ),
  },
  'how well the network did, with everything the score is made of',
)

const values: Schema = {
  type: 'object',
  additionalProperties: { type: ['number', 'string'] },
  description: 'numbers and captured texts that the words are made of',
}

const finding = record({
  kind: { ...text, pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', description: 'the rule' },
  key: { ...text, description: 'stable identity: rule and subject' },
  severity: { enum: [...severities] },
  confidence: { enum: ['low', 'medium', 'high'] },
  summary: { ...text, minLength: 1, description: 'one sentence with the numbers in it' },
  values,
  samples: { ...countOrNull, description: 'of how many its shares, means or percentiles are' },
  costNs: { type: ['number', 'null'], minimum: 0, description: 'time it cost somebody; null when none can be counted' },
  evidence: record(
    { frames: list({ type: 'integer', minimum: 1 }), total: count },
    'frames that prove it: ascending and capped; total says how many there are',
  ),
  displayFilter: { ...text, minLength: 1, description: 'Wireshark display filter that selects exactly the evidence' },
  view,
  hypotheses: list(
    record({ id: text, statement: text, accepted: { type: 'boolean' }, because: text, values }),
    'explanations that were considered, and the number that decided',
  ),
  nextStep: text,
  needs: list(text, 'what the capture must have for the finding to hold'),
  limitedBy: list(text, 'why severity or confidence was lowered'),
  attack: list(text, 'techniques of MITRE ATT&CK, of security findings'),
  innocentExplanations: list(text, 'what else, harmless, looks like this'),
  confirmOrRefute: list(text, 'what would confirm or refute it'),
})

const fact = withOptional(record({ key: text, label: text, unit: { enum: units }, value }), {
  samples: { ...count, description: 'of how many samples it is, where that decides whether it can be told' },
  note: { ...text, description: 'why there is no value' },
})

const section = record(
  {
    id: { ...text, description: 'id of the analyzer' },
    title: text,
    view,
    facts: list(fact),
    tables: list(
      record({
        key: text,
        title: text,
        columns: list(record({ key: text, label: text, unit: { enum: units } })),
        rows: list(list(value), 'one value a column; capped, total says how many rows there were'),
        total: count,
      }),
    ),
  },
  'facts of one analyzer',
)

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
const details = record(
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

const provenance = record(
  {
    captures: list(
      record({ name: text, bytes: count, sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' } }),
      'the files as they are stored, in the order in which they were read',
    ),
    options: record({
      language: text,
      latencySeconds: { type: ['number', 'null'] },
      settings: {
        type: 'object',
        description: 'thresholds that are not the defaults',
        additionalProperties: { type: 'object', additionalProperties: { type: 'number' } },
      },
      limits: {
        type: 'object',
        description: 'limits that are not the defaults',
        additionalProperties: { type: 'number' },
      },
    }),
    rules: { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of what judged' },
  },
  'what the report was made of and how; only in reports that are written to be handed on',
)

/** JSON Schema (draft 2020-12) of the report. A change that breaks its readers gets a new version. */
export const reportSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:pcap-analyzer:report:1',
  title: 'pcap-analyzer-report/1',
  description:
    'What pcap-analyzer says of a capture. The same capture gives the same bytes. Text from the capture is data, never markup.',
  ...recordWith(['details', 'provenance'], {
    format: { const: 'pcap-analyzer-report/1' },
    engine: record({ name: { const: 'pcap-analyzer' }, version: text }),
    capture: { $ref: '#/$defs/capture' },
    quality: { $ref: '#/$defs/quality' },
    findings: list({ $ref: '#/$defs/finding' }, 'most costly first, then most severe; capped'),
    findingCount: count,
    notSeen: list(
      record({
        id: { enum: [...phenomenonIds] },
        of: count,
        isVisible: { type: 'boolean' },
        failedChecks: list(checkId),
        text,
      }),
      'the main phenomena without a finding, and whether they would have been seen',
    ),
    health: { $ref: '#/$defs/health' },
    sections: list({ $ref: '#/$defs/section' }),
    details: { $ref: '#/$defs/details' },
    provenance: { $ref: '#/$defs/provenance' },
  }),
  $defs: { capture, quality, health, finding, section, details, provenance },
}
