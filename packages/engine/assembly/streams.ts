import { analyze } from "./analysis"
import * as c from "./connection"
import { Connection, Side } from "./connection"
import * as flag from "./flags"
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "./flags"
import { Flow, FlowTable } from "./flow-table"
import { Header } from "./header"
import { multipathKinds, walkOptions } from "./options"
import { Segment } from "./segment"

/** Kinds of options, as bits, that any subflow of a Multipath TCP connection has carried; 0 for no link. */
@external("host", "multipathOptions")
declare function multipathOptions(link: i32): i32
@external("host", "addMultipathKinds")
declare function addMultipathKinds(link: i32, kinds: i32): void

const TRANSPORT_TCP = 6
const LEAST_HEADER_BYTES = 20

const COMPLETENESS_SYN = 1
const COMPLETENESS_SYN_ACK = 2
const COMPLETENESS_ACK = 4
const COMPLETENESS_DATA = 8
const COMPLETENESS_FIN = 16
const COMPLETENESS_RST = 32

/** Streams numbered so far. */
export let streamCount: i32 = 0

/**
 * Follows a TCP segment: which stream it belongs to, what the analysis says, what options and handshake tell. The order of work is that
 * of tshark 4.0.17 (docs/reference/tcp-analysis.md, section 5). Returns the flow.
 */
export function takeSegment(flows: FlowTable, header: Header, segment: Segment): Flow {
  segment.begin()
  const known = flows.find(header, header.sourcePort, header.destinationPort, TRANSPORT_TCP)
  const isNew = known === null
  let flow = known === null ? open(flows, header, segment) : known
  let connection = enter(flows, flow, segment)
  let forward = connection.side(segment.direction)
  let reverse = connection.side(segment.direction ^ 1)
  if ((header.tcpFlags & TCP_SYN) !== 0 && !isNew && takeRepeatedSyn(header, segment, forward)) {
    flow = open(flows, header, segment)
    connection = enter(flows, flow, segment)
    forward = connection.side(segment.direction)
    reverse = connection.side(segment.direction ^ 1)
    segment.flags = flag.REUSED_PORTS
    connection.completeness = COMPLETENESS_SYN
  }
  follow(header, segment, connection, forward, reverse, isNew)
  return flow
}

function open(flows: FlowTable, header: Header, segment: Segment): Flow {
  const connection = c.addConnection()
  const flow = flows.add(header, header.sourcePort, header.destinationPort, TRANSPORT_TCP, streamCount++)
  flow.connection = connection.index
  segment.isFirst = 1
  return flow
}

/** Points the segment at a flow. */
function enter(flows: FlowTable, flow: Flow, segment: Segment): Connection {
  segment.flow = flow.index
  segment.connection = flow.connection
  segment.stream = flow.number
  segment.direction = flows.canonicalDirection ^ flow.firstSender
  return c.connectionAt(flow.connection)
}

@inline
function isPureSyn(header: Header): bool {
  return (header.tcpFlags & (TCP_SYN | TCP_ACK)) === TCP_SYN
}

/** Rules 3.5 and 3.6. Returns true when a SYN with another number opens a new stream on the same addresses and ports. */
function takeRepeatedSyn(header: Header, segment: Segment, forward: Side): bool {
  if ((forward.flags & c.HAS_BASE) === 0) return false
  if (header.sequence !== forward.base) {
    if (isPureSyn(header)) return true
    segment.flags |= flag.REUSED_PORTS
    forward.base = header.sequence
  } else if (isPureSyn(header)) {
    forward.next = forward.contiguous
    segment.hasAnalysis = 1
  }
  return false
}

function follow(
  header: Header,
  segment: Segment,
  connection: Connection,
  forward: Side,
  reverse: Side,
  isNew: bool,
): void {
  const isReuse = segment.isFirst !== 0 && !isNew
  segment.wasClosed = i32(forward.window === 0)
  connection.shownCompleteness = connection.completeness
  forward.sacked = 0
  const lengthKnown = header.lengthKnown !== 0
  segment.multipathOptions = connection.multipath === 0 ? 0 : multipathOptions(connection.multipath)
  if (lengthKnown) {
    setBases(header, forward, reverse)
    analyze(header, segment, connection, forward, reverse)
  }
  segment.relativeSequence = header.sequence - (lengthKnown ? forward.base : 0)
  const hasAck = (header.tcpFlags & TCP_ACK) !== 0
  segment.relativeAcknowledgment = header.acknowledgment - (lengthKnown && hasAck ? reverse.base : 0)
  showWindow(header, segment, forward)
  if (segment.flags !== 0) segment.hasAnalysis = 1
  if (header.tcpHeaderLength < LEAST_HEADER_BYTES) {
    segment.isShown = 0
    return
  }
  if (!isReuse) complete(header, connection, isNew)
  handshake(header, segment, connection, forward, reverse)
  options(header, segment, connection, forward, reverse)
  segment.initialRttNs = connection.initialRttNs
}

/** Rule 3.7. */
function setBases(header: Header, forward: Side, reverse: Side): void {
  if ((forward.flags & c.HAS_BASE) === 0) {
    forward.base = (header.tcpFlags & TCP_SYN) !== 0 ? header.sequence : header.sequence - 1
    forward.flags |= c.HAS_BASE
  }
  if ((header.tcpFlags & TCP_ACK) !== 0 && (reverse.flags & c.HAS_BASE) === 0) {
    reverse.base = header.acknowledgment - 1
    reverse.flags |= c.HAS_BASE
  }
}

/** Rules 8.3 and 8.4. */
function showWindow(header: Header, segment: Segment, forward: Side): void {
  const shift = forward.shift
  const isScaled = shift >= 0 && (header.tcpFlags & TCP_SYN) === 0 && header.lengthKnown !== 0
  segment.windowBytes = isScaled ? header.window << shift : header.window
  segment.windowScale = shift >= 0 ? 1 << shift : shift
}

/** Section 11: the sum of what was seen of the connection's life. */
function complete(header: Header, connection: Connection, isNew: bool): void {
  const hasData = header.payloadLength > 0
  const isSyn = (header.tcpFlags & TCP_SYN) !== 0
  const isAck = (header.tcpFlags & TCP_ACK) !== 0
  if (isNew) {
    connection.completeness = isSyn && !isAck ? COMPLETENESS_SYN | (hasData ? COMPLETENESS_DATA : 0) : 0
    return
  }
  let seen = 0
  if (isSyn && isAck) seen |= COMPLETENESS_SYN_ACK
  if (isAck && !isSyn) seen |= hasData ? COMPLETENESS_DATA : COMPLETENESS_ACK
  if ((header.tcpFlags & TCP_FIN) !== 0 && isAck) seen |= COMPLETENESS_FIN
  if ((header.tcpFlags & TCP_RST) !== 0) seen |= COMPLETENESS_RST
  connection.completeness |= seen
}

/** Rules 5.11 to 5.13: the time of the last pure SYN, and the initial RTT from it. */
function handshake(header: Header, segment: Segment, connection: Connection, forward: Side, reverse: Side): void {
  const isAck = (header.tcpFlags & TCP_ACK) !== 0
  if ((header.tcpFlags & (TCP_FIN | TCP_RST)) !== 0) close(header, segment, forward, reverse)
  if ((header.tcpFlags & TCP_SYN) !== 0) {
    forward.flags |= c.IN_HANDSHAKE
    connection.serverPort = isAck ? header.sourcePort : header.destinationPort
    const initiator = isAck ? segment.direction ^ 1 : segment.direction
    const known = c.HANDSHAKE_HAS_INITIATOR | (initiator << c.HANDSHAKE_INITIATOR_SHIFT)
    connection.handshake = (connection.handshake & (c.HANDSHAKE_HAS_SYN | c.RTT_SHOWN)) | known
    if (isAck) return
    connection.synTimeNs = header.timeNs
    connection.handshake |= c.HANDSHAKE_HAS_SYN
    return
  }
  if (!isAck) return
  if (connection.initialRttNs === 0 && (connection.handshake & c.HANDSHAKE_HAS_SYN) !== 0) {
    connection.initialRttNs = header.timeNs - connection.synTimeNs
  }
  forward.flags &= ~c.IN_HANDSHAKE
}

function close(header: Header, segment: Segment, forward: Side, reverse: Side): void {
  if (header.isQuoted !== 0) return
  if ((header.tcpFlags & TCP_RST) !== 0) forward.flags |= c.HAS_RST
  if ((header.tcpFlags & TCP_FIN) === 0) return
  forward.flags |= c.HAS_FIN
  segment.isClosed = i32((reverse.flags & c.HAS_FIN) !== 0)
}

/** Rules 5.14 to 5.18: options act after the analysis of their own segment. */
function options(header: Header, segment: Segment, connection: Connection, forward: Side, reverse: Side): void {
  const isShown = walkOptions(header, segment, connection, forward, reverse)
  segment.isShown = i32(isShown)
  if (multipathKinds !== 0 && isShown) addMultipathKinds(connection.multipath, multipathKinds)
  if ((header.tcpFlags & TCP_SYN) === 0) return
  const isAck = (header.tcpFlags & TCP_ACK) !== 0
  if (header.isQuoted === 0) rememberHandshakeOptions(header, segment, connection, isAck)
  if (!isShown) return
  if (forward.shift === c.SHIFT_UNKNOWN) {
    forward.shift = c.SHIFT_UNUSED
    reverse.shift = c.SHIFT_UNUSED
  } else if (isAck && reverse.shift === c.SHIFT_UNUSED) {
    forward.shift = c.SHIFT_UNUSED
  }
}

function rememberHandshakeOptions(header: Header, segment: Segment, connection: Connection, isAck: bool): void {
  if (isAck) {
    if (connection.synAckFrame !== 0) return
    connection.synAckFrame = header.number
    connection.synAckOptions = segment.optionSummary
  } else {
    if (connection.synFrame !== 0) return
    connection.synFrame = header.number
    connection.synOptions = segment.optionSummary
  }
}
