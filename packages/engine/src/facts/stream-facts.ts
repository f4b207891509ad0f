import type { Core } from '../core/core.ts'
import * as f from '../flow/flow-record.ts'
import type { Pipeline } from '../pipeline.ts'
import * as c from '../tcp/connection-record.ts'
import { addressText } from '../text/addresses.ts'
import type { JsonValue } from './json-bytes.ts'
import type { UdpStreamFacts } from './udp-stream-facts.ts'

const TRANSPORT_TCP = 6
const TRANSPORT_UDP = 17

/** One flow or conversation, its ends in the order of first sending. */
export interface FlowRow {
  index: number
  version: number
  number: number
  firstFrame: number
  addressA: string
  portA: number
  addressB: string
  portB: number
  framesAToB: number
  bytesAToB: number
  framesBToA: number
  bytesBToA: number
}

/** Where the records start of those flows that were counted at least once and have the transport protocol. */
function* countedFlows(core: Core, transport: number): Generator<number> {
  const { words, flowRecords } = core
  for (let index = 0; index < flowRecords; index++) {
    const at = core.flowAt(index)
    if (words[at + f.FLOW_FIRST_FRAME] !== 0 && words[at + f.FLOW_META] >>> 8 === transport) yield at
  }
}

/** One row; its strings are made here. */
function flowRow(core: Core, at: number): FlowRow {
  const { words, doubles } = core
  const version = words[at + f.FLOW_META] & 0xff
  const highFirst = words[at + f.FLOW_FIRST_SENDER] === 1
  const ports = words[at + f.FLOW_PORTS]
  const low = addressText(words, at + f.FLOW_LOW_ADDRESS, version)
  const high = addressText(words, at + f.FLOW_HIGH_ADDRESS, version)
  return {
    index: words[at + f.FLOW_INDEX],
    version,
    number: words[at + f.FLOW_NUMBER],
    firstFrame: words[at + f.FLOW_FIRST_FRAME],
    addressA: highFirst ? high : low,
    portA: highFirst ? ports & 0xffff : ports >>> 16,
    addressB: highFirst ? low : high,
    portB: highFirst ? ports >>> 16 : ports & 0xffff,
    framesAToB: words[at + f.FLOW_FRAMES],
    framesBToA: words[at + f.FLOW_FRAMES + 1],
    bytesAToB: doubles[at / 2 + f.FLOW_BYTES],
    bytesBToA: doubles[at / 2 + f.FLOW_BYTES + 1],
  }
}

/** Each pair of IP addresses of one version. */
export function* conversationFacts(pipeline: Pipeline, version: 4 | 6): Generator<readonly JsonValue[]> {
  const { core } = pipeline
  for (let index = 0; index < core.conversationRecords; index++) {
    const at = core.conversationAt(index)
    if (core.words[at + f.FLOW_FIRST_FRAME] === 0 || (core.words[at + f.FLOW_META] & 0xff) !== version) continue
    const row = flowRow(core, at)
    yield [row.addressA, row.addressB, row.framesAToB, row.bytesAToB, row.framesBToA, row.bytesBToA]
  }
}

/** Each TCP stream, with its first frame. */
export function* tcpFacts(pipeline: Pipeline): Generator<readonly JsonValue[]> {
  for (const at of countedFlows(pipeline.core, TRANSPORT_TCP)) {
    const row = flowRow(pipeline.core, at)
    yield [...streamColumns(row), row.firstFrame]
  }
}

/** How many TCP streams {@link tcpFacts} gives. */
export function countTcpStreams(pipeline: Pipeline): number {
  let streams = 0
  for (const _ of countedFlows(pipeline.core, TRANSPORT_TCP)) streams++
  return streams
}

/** Each UDP stream as tshark counts them. */
export function* udpFacts(pipeline: Pipeline, streams: UdpStreamFacts): Generator<readonly JsonValue[]> {
  for (const row of streams.rows(udpRows(pipeline))) yield streamColumns(row)
}

function* udpRows(pipeline: Pipeline): Generator<FlowRow> {
  for (const at of countedFlows(pipeline.core, TRANSPORT_UDP)) yield flowRow(pipeline.core, at)
}

function streamColumns(row: FlowRow): JsonValue[] {
  return [
    row.number,
    row.addressA,
    row.portA,
    row.addressB,
    row.portB,
    row.framesAToB,
    row.bytesAToB,
    row.framesBToA,
    row.bytesBToA,
  ]
}

/** Stream number -> what `pick` says of its connection; streams for which it says null are left out. */
export function* connectionFacts(
  pipeline: Pipeline,
  pick: (core: Core, connection: number) => JsonValue,
): Generator<[string, JsonValue]> {
  const { core } = pipeline
  const { words } = core
  for (const at of countedFlows(core, TRANSPORT_TCP)) {
    const value = pick(core, words[at + f.FLOW_CONNECTION])
    if (value !== null) yield [String(words[at + f.FLOW_NUMBER]), value]
  }
}

/** First SYN and first SYN-ACK of a connection. */
export function handshakeFacts(core: Core, connection: number): JsonValue {
  const { words } = core
  const head = core.connectionAt(connection)
  const syn = handshakeSegment(words[head + c.CONNECTION_SYN_FRAME], words[head + c.CONNECTION_SYN_OPTIONS])
  const synack = handshakeSegment(words[head + c.CONNECTION_SYN_ACK_FRAME], words[head + c.CONNECTION_SYN_ACK_OPTIONS])
  if (syn === undefined && synack === undefined) return null
  return { syn, synack }
}

function handshakeSegment(frame: number, options: number): unknown {
  if (frame === 0) return undefined
  const shift = ((options >> c.SUMMARY_SHIFT) & 0xff) - 1
  return {
    frame,
    mss: (options & c.SUMMARY_HAS_MSS) !== 0 ? options & 0xffff : null,
    wscale: shift >= 0 ? 1 << shift : null,
    sack: (options & c.SUMMARY_SACK_PERMITTED) !== 0,
    ts: (options & c.SUMMARY_TIMESTAMPS) !== 0,
  }
}

/** Most bytes in flight from the first sender and to it. */
export function flightFacts(core: Core, connection: number): JsonValue {
  const head = core.connectionAt(connection)
  const [forward, reverse] = c.CONNECTION_MAX_IN_FLIGHT.map((at) => core.words[head + at])
  return forward === 0 && reverse === 0 ? null : [forward, reverse]
}
