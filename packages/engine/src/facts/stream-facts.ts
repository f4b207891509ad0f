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
  transport: number
  number: number
  connection: number
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

/** Rows of a table that were counted at least once. Strings are made here, once a row. */
export function* flowRows(table: f.FlowTable): Generator<FlowRow> {
  const { words, doubles } = table
  for (let index = 0; index < table.count; index++) {
    const at = index * f.FLOW_WORDS
    if (words[at + f.FLOW_FIRST_FRAME] === 0) continue
    const version = words[at + f.FLOW_META] & 0xff
    const highFirst = words[at + f.FLOW_FIRST_SENDER] === 1
    const ports = words[at + f.FLOW_PORTS]
    const low = addressText(words, at + f.FLOW_LOW_ADDRESS, version)
    const high = addressText(words, at + f.FLOW_HIGH_ADDRESS, version)
    yield {
      index,
      version,
      transport: words[at + f.FLOW_META] >>> 8,
      number: words[at + f.FLOW_NUMBER],
      connection: words[at + f.FLOW_CONNECTION],
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
}

/** Each pair of IP addresses of one version. */
export function* conversationFacts(pipeline: Pipeline, version: 4 | 6): Generator<readonly JsonValue[]> {
  if (pipeline.conversations === null) return
  for (const row of flowRows(pipeline.conversations)) {
    if (row.version !== version) continue
    yield [row.addressA, row.addressB, row.framesAToB, row.bytesAToB, row.framesBToA, row.bytesBToA]
  }
}

/** Each TCP stream, with its first frame. */
export function* tcpFacts(pipeline: Pipeline): Generator<readonly JsonValue[]> {
  for (const row of flowRows(pipeline.flows)) {
    if (row.transport === TRANSPORT_TCP) yield [...streamColumns(row), row.firstFrame]
  }
}

/** Each UDP stream as tshark counts them. */
export function* udpFacts(pipeline: Pipeline, streams: UdpStreamFacts): Generator<readonly JsonValue[]> {
  for (const row of streams.rows(udpRows(pipeline))) yield streamColumns(row)
}

function* udpRows(pipeline: Pipeline): Generator<FlowRow> {
  for (const row of flowRows(pipeline.flows)) if (row.transport === TRANSPORT_UDP) yield row
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
  for (const row of flowRows(pipeline.flows)) {
    if (row.transport !== TRANSPORT_TCP) continue
    const value = pick(words, doubles, row.connection)
    if (value !== null) yield [String(row.number), value]
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
