import { connectionAt, RTT_SHOWN } from './connection'
import { Flow, FlowTable } from './flow-table'
import { Text } from './text'

/** Flows of a transport protocol as rows of a JSON array: number, ends, frames and bytes each way; of TCP the first frame too. */
export function printStreams(text: Text, flows: FlowTable, transport: i32, withFirstFrame: bool): void {
  text.beginRow()
  for (let index = 0; index < flows.records.count; index++) {
    const flow = flows.at(index)
    if (!isCounted(flow, transport)) continue
    text.beginRow()
    text.integer(flow.number)
    printEnd(text, flow, true)
    printEnd(text, flow, false)
    printCounts(text, flow)
    if (withFirstFrame) text.integer(flow.firstFrame)
    text.endRow()
  }
}

/** Pairs of addresses of an IP version as rows. */
export function printConversations(text: Text, conversations: FlowTable, version: i32): void {
  text.beginRow()
  for (let index = 0; index < conversations.records.count; index++) {
    const flow = conversations.at(index)
    if (!isCounted(flow, 0) || (flow.meta & 0xff) !== version) continue
    text.beginRow()
    text.address(addressOf(flow, true), version)
    text.address(addressOf(flow, false), version)
    printCounts(text, flow)
    text.endRow()
  }
  text.endRow()
}

export function countStreams(flows: FlowTable, transport: i32): i32 {
  let count = 0
  for (let index = 0; index < flows.records.count; index++) count += i32(isCounted(flows.at(index), transport))
  return count
}

/** What is printed of each TCP stream as a member of an object. */
export const INITIAL_RTT = 0
export const HANDSHAKE = 1
export const COMPLETENESS = 2
export const MAX_IN_FLIGHT = 3

const TRANSPORT_TCP = 6

/** Stream number -> one thing about its connection, as a JSON object; streams of which nothing can be said are left out. */
export function printConnections(text: Text, flows: FlowTable, what: i32): void {
  text.syntax('{')
  text.needsComma = false
  for (let index = 0; index < flows.records.count; index++) {
    const flow = flows.at(index)
    if (!isCounted(flow, TRANSPORT_TCP)) continue
    const connection = connectionAt(flow.connection)
    if (what === INITIAL_RTT) {
      if ((connection.handshake & RTT_SHOWN) === 0) continue
      text.key(flow.number)
      text.double(connection.initialRttNs)
    } else if (what === HANDSHAKE) {
      printHandshake(text, flow)
    } else if (what === COMPLETENESS) {
      text.key(flow.number)
      text.integer(connection.shownCompleteness)
    } else {
      const forward = connection.side(0).maxInFlight
      const reverse = connection.side(1).maxInFlight
      if (forward === 0 && reverse === 0) continue
      text.key(flow.number)
      text.beginRow()
      text.integer(forward)
      text.integer(reverse)
      text.endRow()
    }
  }
  text.syntax('}')
  text.needsComma = true
}

function printHandshake(text: Text, flow: Flow): void {
  const connection = connectionAt(flow.connection)
  if (connection.synFrame === 0 && connection.synAckFrame === 0) return
  text.key(flow.number)
  text.syntax('{')
  if (connection.synFrame !== 0) {
    text.syntax('"syn":')
    printHandshakeSegment(text, connection.synFrame, connection.synOptions)
    if (connection.synAckFrame !== 0) text.syntax(',')
  }
  if (connection.synAckFrame !== 0) {
    text.syntax('"synack":')
    printHandshakeSegment(text, connection.synAckFrame, connection.synAckOptions)
  }
  text.syntax('}')
  text.needsComma = true
}

function printHandshakeSegment(text: Text, frame: i32, options: i32): void {
  text.syntax('{"frame":')
  text.needsComma = false
  text.integer(frame)
  text.syntax(',"mss":')
  text.needsComma = false
  if ((options & (1 << 26)) !== 0) text.integer(options & 0xffff)
  else text.syntax('null')
  text.syntax(',"wscale":')
  text.needsComma = false
  const shift = ((options >> 16) & 0xff) - 1
  if (shift >= 0) text.integer(1 << shift)
  else text.syntax('null')
  text.syntax(',"sack":')
  printBoolean(text, (options & (1 << 24)) !== 0)
  text.syntax(',"ts":')
  printBoolean(text, (options & (1 << 25)) !== 0)
  text.syntax('}')
}

function printBoolean(text: Text, value: bool): void {
  if (value) text.syntax('true')
  else text.syntax('false')
}

function isCounted(flow: Flow, transport: i32): bool {
  return flow.firstFrame !== 0 && flow.meta >>> 8 === transport && flow.frames0 + flow.frames1 !== 0
}

/** Address of the first sender, or of the other side. */
function addressOf(flow: Flow, isFirst: bool): usize {
  return changetype<usize>(flow) + ((flow.firstSender === 0) === isFirst ? 0 : 16)
}

function printEnd(text: Text, flow: Flow, isFirst: bool): void {
  text.address(addressOf(flow, isFirst), flow.meta & 0xff)
  text.integer((flow.firstSender === 0) === isFirst ? flow.ports >>> 16 : flow.ports & 0xffff)
}

function printCounts(text: Text, flow: Flow): void {
  text.integer(flow.frames0)
  text.double(flow.bytes0)
  text.integer(flow.frames1)
  text.double(flow.bytes1)
}
