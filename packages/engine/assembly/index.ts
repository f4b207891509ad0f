// The engine's core: flows, TCP connections and their analysis, in one linear memory. The host decodes frames, writes a header, calls,
// and reads the segment; src/core/core.ts is its side of the table.

import { addressNumber, initAddresses, reserveAddresses } from './address-table'
import { connectionAt, connectionBytes, initConnections, removeConnection } from './connection'
import { addToConversation } from './conversations'
import { TCP_FIN, TCP_RST, TCP_SYN } from './flags'
import { FlowTable, newFlowTable } from './flow-table'
import { countsPointer, initFrameCounts, vlansPointer } from './frame-counts'
import { HEADER_BYTES, Header } from './header'
import { isPassedOver } from './interest'
import { judgeLoss, LOSS_SIDE_BYTES } from './loss'
import { march, passRecord, readRecord, RECORD_FOR_HOST, RECORD_IN_NEXT_SLOT } from './march'
import { allocate, forgetGrowth, hasGrown } from './memory'
import { endLastExchange, forgetObserved, flowEvents, initObserved, observe, observedAt, oversized, roundTrips } from './observed'
import { settings } from './observer-settings'
import { capturedPayload, payloadPointer } from './plain-frame'
import { countStreams, printConnections, printConversations, printStreams } from './rows'
import { SEGMENT_BYTES, Segment } from './segment'
import { streamCount, takeSegment } from './streams'
import { initLists, listAt, listSegment } from './tcp-lists'
import { newText, OUTPUT, Text } from './text'
import { endedAt, forgetRecords, initRecords } from './tls-records'
import { told } from './told'
import { clear, droppedSegments, initUnacked } from './unacked'

const TRANSPORT_TCP = 6
const TRANSPORT_UDP = 17
/** Bit of Flow.lastData. */
const HAS_DATA = 2
const OPENED = 1
const GROWN = 2
/** What ended a walk, beside the bits above: the next record is the host's, or was taken and is to be told, or belongs to the next slot. */
const WALK_TAKEN = 4
const WALK_SLOT_FULL = 8
/** What the host wants to be told of. */
const TELLS_REMARKABLE = 1
const TELLS_PAYLOAD = 2

const header = changetype<Header>(allocate(HEADER_BYTES))
const segment = changetype<Segment>(allocate(SEGMENT_BYTES))
const flows = newFlowTable()
let conversations: FlowTable = changetype<FlowTable>(0)
let keepsConversations: bool = false
let hasOwnView: bool = false
let keepsLists: bool = false
let output: Text = changetype<Text>(0)
let tells: i32 = 0
let udpStreamCount: i32 = 0

/** Call first. `mostUnacked` segments are remembered over all connections; `wanted` holds the bits of what the host is told of in a walk. */
export function start(mostUnacked: i32, conversationsToo: bool, ownView: bool, lists: bool, wanted: i32): void {
  initUnacked(mostUnacked)
  initFrameCounts()
  initAddresses()
  initObserved()
  initRecords()
  tells = wanted
  hasOwnView = ownView
  initConnections(connectionBytes() + (ownView ? 2 * LOSS_SIDE_BYTES : 0))
  keepsConversations = conversationsToo
  keepsLists = lists
  if (lists) {
    initLists()
    output = newText(OUTPUT)
  }
  if (conversationsToo) conversations = newFlowTable()
}

export function headerPointer(): usize {
  return changetype<usize>(header)
}

export function segmentPointer(): usize {
  return changetype<usize>(segment)
}

export function marchPointer(): usize {
  return changetype<usize>(march)
}

/** Room for `bytes` of a capture, which never moves; memory may have grown. */
export function captureRoom(bytes: usize): usize {
  const room = allocate(bytes)
  forgetGrowth()
  return room
}

export { countsPointer, vlansPointer }

/**
 * Walks records from `march.at` on and takes the plain TCP frames that the host need not see. Returns OPENED and GROWN, and why it ended.
 * O(1) a record.
 */
export function walk(): i32 {
  let bits = 0
  while (true) {
    const read = readRecord(header)
    if (read === RECORD_IN_NEXT_SLOT) return bits | WALK_SLOT_FULL
    if (read === RECORD_FOR_HOST || flows.live >= march.mostFlows) return bits
    bits |= takeTcp()
    const isForHost = isTold()
    // passing records notes them, which may take memory
    bits |= result(false)
    if (isForHost) return bits | WALK_TAKEN
    passRecord(header)
  }
}

/** True when the segment taken last is one that the host wants to see. */
function isTold(): bool {
  if ((tells & TELLS_REMARKABLE) !== 0 && segment.isRemarkable !== 0) return true
  if ((tells & TELLS_PAYLOAD) === 0) return false
  if (segment.isClosed !== 0) return true
  return !isPassedOver(header, segment, connectionAt(segment.connection), payloadPointer, capturedPayload)
}

/** Takes the header as a TCP segment. Returns bits: OPENED when it opened a flow, GROWN when memory has moved. */
export function takeTcp(): i32 {
  const flow = takeSegment(flows, header, segment)
  told.events = 0
  if (header.isQuoted === 0) {
    if (keepsConversations && flow.conversation < 0) flow.conversation = conversation()
    if (keepsLists) listSegment(header, segment, connectionAt(segment.connection))
    if (hasOwnView) judgeLoss(header, segment, connectionAt(segment.connection))
    if (settings.isOn !== 0) observe(header, segment, connectionAt(segment.connection), flow)
    flows.countFrame(flow, header, header.payloadLength)
  }
  segment.isRemarkable = i32(isRemarkable())
  if (segment.isFirst !== 0) reserveAddresses()
  return result(segment.isFirst !== 0)
}

function isRemarkable(): bool {
  return (
    (segment.flags | told.events) !== 0 ||
    (header.tcpFlags & (TCP_SYN | TCP_FIN | TCP_RST)) !== 0 ||
    (segment.wasClosed !== 0 && header.window !== 0) ||
    (hasOwnView && (segment.loss !== 0 || segment.isDsack !== 0))
  )
}

/** Takes the header as a UDP datagram; flow, direction, stream and isFirst of the segment are set. */
export function takeUdp(): i32 {
  let flow = flows.find(header, header.sourcePort, header.destinationPort, TRANSPORT_UDP)
  const isFirst = flow === null
  if (flow === null)
    flow = flows.add(header, header.sourcePort, header.destinationPort, TRANSPORT_UDP, udpStreamCount++)
  segment.flow = flow.index
  segment.stream = flow.number
  segment.isFirst = i32(isFirst)
  if (settings.isOn !== 0) told.events = flowEvents(header, segment, flow)
  segment.direction = flows.countFrame(flow, header, header.payloadLength)
  flow.lastData = segment.direction | HAS_DATA
  if (isFirst) reserveAddresses()
  if (keepsConversations && flow.conversation < 0) flow.conversation = conversation()
  return result(isFirst)
}

/** Counts the frame in the conversation of the header's addresses. */
export function takeConversation(): i32 {
  const index = conversation()
  conversations.countFrame(conversations.at(index), header, 0)
  return result(false)
}

function conversation(): i32 {
  const known = conversations.find(header, 0, 0, 0)
  if (known !== null) return known.index
  return conversations.add(header, 0, 0, 0, conversations.records.count).index
}

function result(isOpened: bool): i32 {
  const bits = (isOpened ? OPENED : 0) | (hasGrown ? GROWN : 0)
  if (hasGrown) forgetGrowth()
  return bits
}

export function flowPointer(index: i32): usize {
  return flows.records.at(index)
}

export function conversationPointer(index: i32): usize {
  return conversations.records.at(index)
}

export function connectionPointer(index: i32): usize {
  return changetype<usize>(connectionAt(index))
}

/** Flow records in use so far, removed ones included. */
export function flowRecords(): i32 {
  return flows.records.count
}

export function conversationRecords(): i32 {
  return keepsConversations ? conversations.records.count : 0
}

export function liveFlows(): i32 {
  return flows.live
}

export function tcpStreams(): i32 {
  return streamCount
}

export function udpStreams(): i32 {
  return udpStreamCount
}

export function droppedUnacked(): i32 {
  return droppedSegments
}

export function toldPointer(): usize {
  return changetype<usize>(told)
}

export function settingsPointer(): usize {
  return changetype<usize>(settings)
}

/** Round trips of data. */
export function roundTripsPointer(): usize {
  return changetype<usize>(roundTrips)
}

/** Segments larger than the path can carry. */
export function oversizedSegments(): i32 {
  return oversized
}

/** The records over several segments that ended in a direction, of which there are some. */
export function endedRecords(connection: i32, direction: i32): usize {
  return endedAt(connectionAt(connection).reading(direction))
}

/** Observations of a connection; 0 when it has none. */
export function observedPointer(connection: i32): usize {
  return observedAt(connectionAt(connection))
}

/** Ends the exchange under way of a connection that is over; returns events. */
export function endExchanges(connection: i32): i32 {
  return endLastExchange(connectionAt(connection))
}

/** True when the flow is a TCP connection that ended. */
export function isClosed(index: i32): bool {
  const flow = flows.at(index)
  return flow.meta >>> 8 === TRANSPORT_TCP && connectionAt(flow.connection).isClosed()
}

/** Number of the address at the low (0) or high (1) end of a flow, for which text is made once; 0 when there are too many. */
export function flowAddress(index: i32, end: i32): i32 {
  const flow = flows.at(index)
  if (end === 0) {
    if (flow.lowNumber === 0) flow.lowNumber = addressNumber(changetype<usize>(flow))
    return flow.lowNumber
  }
  if (flow.highNumber === 0) flow.highNumber = addressNumber(changetype<usize>(flow) + 16)
  return flow.highNumber
}

/** Adds the frames and bytes of a flow that ends to its conversation, and makes room for its addresses. Returns bits as takeTcp. */
export function joinConversation(index: i32): i32 {
  reserveAddresses()
  const flow = flows.at(index)
  if (keepsConversations && flow.conversation >= 0) addToConversation(conversations.at(flow.conversation), flow)
  return result(false)
}

/** Forgets a flow and its connection; its index will be used again. Call rebuildFlows after the last of several. */
export function removeFlow(index: i32): void {
  const flow = flows.at(index)
  if (flow.meta >>> 8 === TRANSPORT_TCP) {
    const connection = connectionAt(flow.connection)
    clear(connection.side(0))
    clear(connection.side(1))
    forgetObserved(connection)
    forgetRecords(connection)
    removeConnection(connection)
  }
  flows.remove(flow)
}

export function rebuildFlows(): void {
  flows.rebuild()
}

// --- text of what is listed; goes to the host piece by piece

/** Hands over what is left of a list. */
export function flushList(list: i32): void {
  listAt(list).flush()
}

/** Prints flows of TCP or UDP as an array that is still open, so that rows may follow. */
export function writeStreams(transport: i32): void {
  beginOutput()
  printStreams(output, flows, transport, transport === TRANSPORT_TCP)
  output.flush()
}

export function writeConversations(version: i32): void {
  beginOutput()
  printConversations(output, conversations, version)
  output.flush()
}

/** Prints one thing about each TCP connection, see rows.ts. */
export function writeConnections(what: i32): void {
  beginOutput()
  printConnections(output, flows, what)
  output.flush()
}

export function countedStreams(transport: i32): i32 {
  return countStreams(flows, transport)
}

function beginOutput(): void {
  output.needsComma = false
}
