// The engine's core: flows, TCP connections and their analysis, in one linear memory. The host decodes frames, writes a header, calls,
// and reads the segment; src/core/core.ts is its side of the table.

import { initAddresses, reserveAddresses } from './address-table'
import { connectionAt, connectionBytes, initConnections } from './connection'
import { TCP_FIN, TCP_RST, TCP_SYN } from './flags'
import { initFrameCounts } from './frame-counts'
import { listQuicFrame, listSegment } from './frame-lists'
import { HEADER_BYTES, Header } from './header'
import { isDatagramPassedOver, isPassedOver, namedProtocol } from './interest'
import { judgeLoss, LOSS_SIDE_BYTES } from './loss'
import { march, passRecord, readRecord, RECORD_FOR_HOST, RECORD_IN_NEXT_SLOT } from './march'
import { allocate, forgetGrowth } from './memory'
import { flowEvents, initObserved, observe } from './observed'
import { settings } from './observer-settings'
import { capturedPayload, payloadPointer, transport, UDP } from './plain-frame'
import { initPrint } from './print'
import { SEGMENT_BYTES, Segment } from './segment'
import { takeSegment } from './streams'
import { conversationOf, conversations, flows, initConversations, keepsConversations, result } from './tables'
import { addRtp, hasRoom, isRtp, reserveBatches } from './rtp-packets'
import { initRecords } from './tls-records'
import { told } from './told'
import { initUnacked } from './unacked'

export { countsPointer, vlansPointer } from './frame-counts'
export * from './flow-end'
export * from './pointers'
export { noteQuicIds } from './guessed-datagrams'
export { forgetRtp, gatherRtp, rtpPackets } from './rtp-packets'
export { countedStreams, flushList, writeConnections, writeConversations, writeStreams } from './print'

/** Bit of Flow.lastData. */
const HAS_DATA = 2
/** What ended a walk, beside the bits of tables.ts: the next record is the host's, or was taken and is to be told, or belongs to the next slot. */
const WALK_TAKEN = 4
const WALK_SLOT_FULL = 8
/** What the host wants to be told of. */
const TELLS_REMARKABLE = 1
const TELLS_PAYLOAD = 2
const TELLS_RTP = 4

const header = changetype<Header>(allocate(HEADER_BYTES))
const segment = changetype<Segment>(allocate(SEGMENT_BYTES))
let hasOwnView: bool = false
let keepsLists: bool = false
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
  keepsLists = lists
  if (lists) initPrint()
  if (conversationsToo) initConversations()
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

/**
 * Walks records from `march.at` on and takes the plain frames that the host need not see. Returns OPENED and GROWN, and why it ended.
 * O(1) a record.
 */
export function walk(): i32 {
  let bits = 0
  while (true) {
    const read = readRecord(header)
    if (read === RECORD_IN_NEXT_SLOT) return bits | WALK_SLOT_FULL
    if (read === RECORD_FOR_HOST || flows.live >= march.mostFlows) return bits
    if (transport === UDP) {
      if (!passesDatagram()) return bits
      passRecord(header)
      continue
    }
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
    if (keepsConversations && flow.conversation < 0) flow.conversation = conversationOf(header)
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

/** Takes a datagram that nobody reads and that has nothing remarkable. Returns false, and does nothing, where it is the host's. */
function passesDatagram(): bool {
  const flow = flows.find(header, header.sourcePort, header.destinationPort, UDP)
  if (flow === null || !isDatagramPassedOver(flow, payloadPointer, capturedPayload)) return false
  const direction = flows.canonicalDirection ^ flow.firstSender
  const isGathered = (tells & TELLS_RTP) !== 0 && isRtp(payloadPointer, capturedPayload)
  if (isGathered && !hasRoom(flow, direction, payloadPointer)) return false
  segment.isFirst = 0
  if (settings.isOn !== 0 && flowEvents(header, segment, flow) !== 0) return false
  if (isGathered) addRtp(header, flow, direction, payloadPointer)
  flow.lastData = flows.countFrame(flow, header, header.payloadLength) | HAS_DATA
  if (namedProtocol >= 0) noteQuic(header.number)
  return true
}

/** Lists a frame that holds QUIC, where lists are kept. */
export function noteQuic(frame: i32): void {
  if (keepsLists) listQuicFrame(frame)
}

/** Takes the header as a UDP datagram; flow, direction, stream and isFirst of the segment are set. */
export function takeUdp(): i32 {
  let flow = flows.find(header, header.sourcePort, header.destinationPort, UDP)
  const isFirst = flow === null
  if (flow === null)
    flow = flows.add(header, header.sourcePort, header.destinationPort, UDP, udpStreamCount++)
  segment.flow = flow.index
  segment.stream = flow.number
  segment.isFirst = i32(isFirst)
  if (settings.isOn !== 0) told.events = flowEvents(header, segment, flow)
  segment.direction = flows.countFrame(flow, header, header.payloadLength)
  flow.lastData = segment.direction | HAS_DATA
  if (isFirst) reserveAddresses()
  if ((tells & TELLS_RTP) !== 0) reserveBatches()
  if (keepsConversations && flow.conversation < 0) flow.conversation = conversationOf(header)
  return result(isFirst)
}

/** Counts the frame in the conversation of the header's addresses. */
export function takeConversation(): i32 {
  const index = conversationOf(header)
  conversations.countFrame(conversations.at(index), header, 0)
  return result(false)
}

export function udpStreams(): i32 {
  return udpStreamCount
}
