import * as f from '../flow/flow-table.ts'
import type { Pipeline } from '../pipeline.ts'
import * as c from '../tcp/connection-table.ts'
import { SUMMARY_HAS_MSS, SUMMARY_SACK_PERMITTED, SUMMARY_SHIFT, SUMMARY_TIMESTAMPS } from '../tcp/options.ts'
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

/** Indices of the records of a table that were counted at least once and have the transport protocol. */
function* countedFlows(table: f.FlowTable, transport: number): Generator<number> {
  const { words } = table
  for (let index = 0; index < table.count; index++) {
    const at = index * f.FLOW_WORDS
    if (words[at + f.FLOW_FIRST_FRAME] !== 0 && words[at + f.FLOW_META] >>> 8 === transport) yield index
  }
}

/** One row; its strings are made here. */
function flowRow(table: f.FlowTable, index: number): FlowRow {
  const { words, doubles } = table
  const at = index * f.FLOW_WORDS
  const version = words[at + f.FLOW_META] & 0xff
  const highFirst = words[at + f.FLOW_FIRST_SENDER] === 1
  const ports = words[at + f.FLOW_PORTS]
  const low = addressText(words, at + f.FLOW_LOW_ADDRESS, version)
  const high = addressText(words, at + f.FLOW_HIGH_ADDRESS, version)
  return {
    index,
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
  const { conversations } = pipeline
  if (conversations === null) return
  for (const index of countedFlows(conversations, 0)) {
    if ((conversations.words[index * f.FLOW_WORDS + f.FLOW_META] & 0xff) !== version) continue
    const row = flowRow(conversations, index)
    yield [row.addressA, row.addressB, row.framesAToB, row.bytesAToB, row.framesBToA, row.bytesBToA]
  }
}

/** Each TCP stream, with its first frame. */
export function* tcpFacts(pipeline: Pipeline): Generator<readonly JsonValue[]> {
  for (const index of countedFlows(pipeline.flows, TRANSPORT_TCP)) {
    const row = flowRow(pipeline.flows, index)
    yield [...streamColumns(row), row.firstFrame]
  }
}

/** How many TCP streams {@link tcpFacts} gives. */
export function countTcpStreams(pipeline: Pipeline): number {
  let streams = 0
  for (const _ of countedFlows(pipeline.flows, TRANSPORT_TCP)) streams++
  return streams
}

/** Each UDP stream as tshark counts them. */
export function* udpFacts(pipeline: Pipeline, streams: UdpStreamFacts): Generator<readonly JsonValue[]> {
  for (const row of streams.rows(udpRows(pipeline))) yield streamColumns(row)
}

function* udpRows(pipeline: Pipeline): Generator<FlowRow> {
  for (const index of countedFlows(pipeline.flows, TRANSPORT_UDP)) yield flowRow(pipeline.flows, index)
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
  pick: (words: Int32Array, doubles: Float64Array, connection: number) => JsonValue,
): Generator<[string, JsonValue]> {
  const { words, doubles } = pipeline.tcpStreams.connections
  for (const index of countedFlows(pipeline.flows, TRANSPORT_TCP)) {
    const record = index * f.FLOW_WORDS
    const value = pick(words, doubles, pipeline.flows.words[record + f.FLOW_CONNECTION])
    if (value !== null) yield [String(pipeline.flows.words[record + f.FLOW_NUMBER]), value]
  }
}

/** First SYN and first SYN-ACK of a connection. */
export function handshakeFacts(words: Int32Array, _doubles: Float64Array, connection: number): JsonValue {
  const head = c.connectionWord(connection)
  const syn = handshakeSegment(words[head + c.CONNECTION_SYN_FRAME], words[head + c.CONNECTION_SYN_OPTIONS])
  const synack = handshakeSegment(words[head + c.CONNECTION_SYN_ACK_FRAME], words[head + c.CONNECTION_SYN_ACK_OPTIONS])
  if (syn === undefined && synack === undefined) return null
  return { syn, synack }
}

function handshakeSegment(frame: number, options: number): unknown {
  if (frame === 0) return undefined
  const shift = ((options >> SUMMARY_SHIFT) & 0xff) - 1
  return {
    frame,
    mss: (options & SUMMARY_HAS_MSS) !== 0 ? options & 0xffff : null,
    wscale: shift >= 0 ? 1 << shift : null,
    sack: (options & SUMMARY_SACK_PERMITTED) !== 0,
    ts: (options & SUMMARY_TIMESTAMPS) !== 0,
  }
}

/** Most bytes in flight from the first sender and to it. */
export function flightFacts(words: Int32Array, _doubles: Float64Array, connection: number): JsonValue {
  const forward = words[c.sideWord(connection, 0) + c.SIDE_MAX_IN_FLIGHT]
  const reverse = words[c.sideWord(connection, 1) + c.SIDE_MAX_IN_FLIGHT]
  return forward === 0 && reverse === 0 ? null : [forward, reverse]
}
