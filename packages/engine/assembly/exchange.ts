import { Connection, HANDSHAKE_HAS_INITIATOR, HANDSHAKE_INITIATOR_SHIFT } from './connection'
import { ANY_RETRANSMISSION, KEEP_ALIVE, OUT_OF_ORDER, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, ZERO_WINDOW_PROBE } from './flags'
import { Flow } from './flow-table'
import { Header } from './header'
import { LOSS_CAPTURE_DUPLICATE } from './loss'
import { settings } from './observer-settings'
import { Segment } from './segment'

// States of a connection's exchange.
const NOTHING = 0
const SYN_SENT = 1
const SYN_ANSWERED = 2
const CONNECTED = 3
const IN_REQUEST = 4
export const IN_RESPONSE = 5

// Parts of the time of an exchange; the order is that of src/analyzers/latency/parts.ts.
const CONNECT = 1
const TLS = 2
const CLIENT_THINK = 3
const REQUEST = 4
const PATH = 5
const SERVER = 6
const TRANSFER = 7
const RETRANSMISSION = 8
const ZERO_WINDOW = 9
const PARTS = 10

const REPEATED = ANY_RETRANSMISSION | KEEP_ALIVE | ZERO_WINDOW_PROBE
/** Up to here what a client sends right after a handshake of TLS 1.3 is its Finished alone, and what a server sends are tickets. */
const MOST_FINISHED_BYTES = 200
const MOST_TICKET_BYTES = 700
/** A server that says nothing for longer than this has nothing to say. */
const LONGEST_THOUGHT_NS: f64 = 120e9
/** The shorter round trip that src/analyzers/latency/what-if.ts tells of. */
const LESS_RTT_NS: f64 = 20e6
const WELL_KNOWN_PORTS = 1024

/**
 * Requests and responses of a connection, and the time of the one under way by what it was spent on. The order is that of
 * src/analyzers/latency/record.ts, which says what the fields mean.
 */
@unmanaged
export class Exchange {
  state: i32
  /** Direction of the client + 1; 0 until it is asked for. */
  client: i32
  tlsTurns: i32
  isFinished: i32
  hasHttp: i32
  roundTrips: i32
  exchanges: i32
  beginFrame: i32
  connectedFrame: i32
  requestFrame: i32
  requestEndFrame: i32
  firstByteFrame: i32
  lastByteFrame: i32
  padding: i32
  cursorNs: f64
  stallEndNs: f64
  stallRetransmissionNs: f64
  stallZeroWindowNs: f64
  beginNs: f64
  synTimeNs: f64
  serverRttNs: f64
  handshakeRttNs: f64
  closedSince0Ns: f64
  closedSince1Ns: f64
  savedByRttNs: f64

  @inline
  part(part: i32): f64 {
    return load<f64>(this.partAt(part))
  }

  @inline
  addToPart(part: i32, ns: f64): void {
    const at = this.partAt(part)
    store<f64>(at, load<f64>(at) + ns)
  }

  @inline
  partAt(part: i32): usize {
    return changetype<usize>(this) + offsetof<Exchange>() + (<usize>part << 3)
  }
}

export const EXCHANGE_BYTES: usize = offsetof<Exchange>() + 2 * (<usize>PARTS << 3)

/** Begins a record at a connection's second sign of life: what its SYNs told is replayed. */
export function beginExchange(exchange: Exchange, connection: Connection, flow: Flow): void {
  if (connection.synFrame === 0 || connection.synFrame !== flow.firstFrame) return
  exchange.state = SYN_SENT
  exchange.beginNs = flow.firstTimeNs
  exchange.cursorNs = flow.firstTimeNs
  exchange.stallEndNs = connection.synTimeNs
  exchange.stallRetransmissionNs = connection.synTimeNs - flow.firstTimeNs
  exchange.beginFrame = connection.synFrame
  exchange.synTimeNs = connection.synTimeNs
}

/** Follows a segment. Returns true when the exchange before it has ended and is to be told before {@link beginRequest}. */
export function followExchange(header: Header, segment: Segment, exchange: Exchange, connection: Connection, flow: Flow): bool {
  const isData = isNewData(header, segment)
  if (exchange.client === 0) exchange.client = initiatorOf(flow, connection) + 1
  const fromClient = segment.direction === exchange.client - 1
  followStalls(header, segment, exchange)
  if (exchange.state < CONNECTED) followHandshake(header, exchange, fromClient)
  if (!isData) return false
  if (fromClient) return followRequest(header, exchange)
  followResponse(header, exchange)
  return false
}

/** Side that sent the SYN; without one, the side with the higher port if exactly one is well-known, else the one that sent first. */
function initiatorOf(flow: Flow, connection: Connection): i32 {
  if ((connection.handshake & HANDSHAKE_HAS_INITIATOR) !== 0) return (connection.handshake >> HANDSHAKE_INITIATOR_SHIFT) & 1
  const low = flow.ports >>> 16
  const high = flow.ports & 0xffff
  const isLowFirst = flow.firstSender === 0
  const isService = (isLowFirst ? low : high) < WELL_KNOWN_PORTS
  const isPeerService = (isLowFirst ? high : low) < WELL_KNOWN_PORTS
  return i32(isService && !isPeerService)
}

/** True for payload that is new: neither repeated nor seen twice. */
@inline
function isNewData(header: Header, segment: Segment): bool {
  return (
    header.payloadLength > 0 &&
    (segment.flags & (REPEATED | OUT_OF_ORDER)) === 0 &&
    segment.loss !== LOSS_CAPTURE_DUPLICATE
  )
}

/** Notes waits for lost segments and for windows that were closed. */
function followStalls(header: Header, segment: Segment, exchange: Exchange): void {
  const timeNs = header.timeNs
  if ((segment.flags & ANY_RETRANSMISSION) !== 0 && segment.timeoutNs > 0) {
    exchange.stallRetransmissionNs += stall(exchange, timeNs - segment.timeoutNs, timeNs)
  }
  if ((header.tcpFlags & (TCP_SYN | TCP_RST)) !== 0) return
  const sinceNs = segment.direction === 0 ? exchange.closedSince0Ns : exchange.closedSince1Ns
  if (header.window === 0) {
    if (sinceNs === 0) setClosedSince(exchange, segment.direction, timeNs + 1)
  } else if (sinceNs !== 0) {
    exchange.stallZeroWindowNs += stall(exchange, sinceNs - 1, timeNs)
    setClosedSince(exchange, segment.direction, 0)
  }
}

@inline
function setClosedSince(exchange: Exchange, direction: i32, timeNs: f64): void {
  if (direction === 0) exchange.closedSince0Ns = timeNs
  else exchange.closedSince1Ns = timeNs
}

/** Follows the handshake of a connection: SYN, SYN-ACK, and the client's answer. */
function followHandshake(header: Header, exchange: Exchange, fromClient: bool): void {
  const timeNs = header.timeNs
  if ((header.tcpFlags & TCP_SYN) !== 0) {
    if ((header.tcpFlags & TCP_ACK) !== 0) {
      if (exchange.state !== SYN_SENT) return
      exchange.serverRttNs = max<f64>(0, timeNs - exchange.synTimeNs)
      exchange.state = SYN_ANSWERED
      return
    }
    if (exchange.state > SYN_SENT) return
    if (exchange.state === NOTHING) begin(header, exchange)
    else exchange.stallRetransmissionNs += stall(exchange, exchange.synTimeNs, timeNs)
    exchange.synTimeNs = timeNs
    exchange.state = SYN_SENT
    return
  }
  if (exchange.state !== SYN_ANSWERED || !fromClient || (header.tcpFlags & (TCP_RST | TCP_FIN)) !== 0) return
  advance(exchange, CONNECT, timeNs)
  exchange.handshakeRttNs = max<f64>(0, timeNs - exchange.synTimeNs)
  exchange.connectedFrame = header.number
  exchange.state = CONNECTED
  exchange.roundTrips++
}

function begin(header: Header, exchange: Exchange): void {
  exchange.cursorNs = header.timeNs
  exchange.stallEndNs = header.timeNs
  exchange.beginNs = header.timeNs
  exchange.beginFrame = header.number
}

/** New payload from the client. Returns true when it begins another exchange. */
function followRequest(header: Header, exchange: Exchange): bool {
  const timeNs = header.timeNs
  if (exchange.state === IN_REQUEST) {
    const isRequest = exchange.isFinished === 0
    advance(exchange, isRequest ? (exchange.tlsTurns > 0 ? TLS : REQUEST) : CLIENT_THINK, timeNs)
    if (!isRequest) exchange.requestFrame = header.number
    exchange.isFinished = 0
    exchange.requestEndFrame = header.number
    return false
  }
  if (exchange.state !== IN_RESPONSE) {
    beginRequest(header, exchange)
    return false
  }
  if (exchange.tlsTurns === 0) return true
  exchange.tlsTurns--
  advance(exchange, TLS, timeNs)
  exchange.state = IN_REQUEST
  exchange.roundTrips++
  exchange.requestFrame = header.number
  exchange.requestEndFrame = header.number
  exchange.isFinished = i32(exchange.tlsTurns === 0 && header.payloadLength <= MOST_FINISHED_BYTES)
  return false
}

/** The first payload of an exchange. */
export function beginRequest(header: Header, exchange: Exchange): void {
  if (exchange.state === NOTHING) begin(header, exchange)
  advance(exchange, CLIENT_THINK, header.timeNs)
  exchange.state = IN_REQUEST
  exchange.roundTrips++
  exchange.requestFrame = header.number
  exchange.requestEndFrame = header.number
}

/** New payload from the server. */
function followResponse(header: Header, exchange: Exchange): void {
  const timeNs = header.timeNs
  const isTls = exchange.tlsTurns > 0
  if (exchange.state === IN_RESPONSE) advance(exchange, isTls ? TLS : TRANSFER, timeNs)
  else if (exchange.state === IN_REQUEST) {
    if (exchange.isFinished === 1 && header.payloadLength <= MOST_TICKET_BYTES) {
      advance(exchange, TLS, timeNs)
      return
    }
    if (isTls) advance(exchange, TLS, timeNs)
    else advanceToFirstByte(exchange, timeNs)
    exchange.firstByteFrame = header.number
    exchange.state = IN_RESPONSE
  } else if (exchange.state === CONNECTED) {
    // the server speaks first: a greeting
    advance(exchange, SERVER, timeNs)
    exchange.firstByteFrame = header.number
    exchange.state = IN_RESPONSE
  } else return
  exchange.lastByteFrame = header.number
}

/**
 * Gives the time from the cursor to `nowNs` to a part, less the waits noted within it, which go to parts of their own; moves the cursor. A
 * clock that steps back gives nothing.
 */
function advance(exchange: Exchange, part: i32, nowNs: f64): void {
  const sinceNs = nowNs - exchange.cursorNs
  if (sinceNs < 0) return
  exchange.addToPart(RETRANSMISSION, exchange.stallRetransmissionNs)
  exchange.addToPart(ZERO_WINDOW, exchange.stallZeroWindowNs)
  exchange.addToPart(part, sinceNs - exchange.stallRetransmissionNs - exchange.stallZeroWindowNs)
  exchange.stallRetransmissionNs = 0
  exchange.stallZeroWindowNs = 0
  exchange.cursorNs = nowNs
  exchange.stallEndNs = nowNs
}

/** Length of a wait from `sinceNs` to `nowNs` within the phase under way; what overlaps the phase before or another wait is left out. */
function stall(exchange: Exchange, sinceNs: f64, nowNs: f64): f64 {
  const fromNs = max<f64>(max<f64>(sinceNs, exchange.cursorNs), exchange.stallEndNs)
  if (nowNs <= fromNs) return 0
  exchange.stallEndNs = nowNs
  return nowNs - fromNs
}

/** Splits the wait for the first byte: the round trip to the server comes first, the rest is the server's. */
function advanceToFirstByte(exchange: Exchange, nowNs: f64): void {
  const before = exchange.part(SERVER)
  advance(exchange, SERVER, nowNs)
  const pathNs = min<f64>(exchange.serverRttNs, exchange.part(SERVER) - before)
  exchange.addToPart(SERVER, -pathNs)
  exchange.addToPart(PATH, pathNs)
}

/** Adds the exchange under way to the connection's sums. Returns false when there was none. */
export function sumUp(exchange: Exchange): bool {
  if (exchange.firstByteFrame === 0) return false
  for (let part = 0; part < PARTS; part++) exchange.addToPart(PARTS + part, exchange.part(part))
  exchange.exchanges++
  const rttNs = max<f64>(exchange.handshakeRttNs, exchange.serverRttNs)
  exchange.savedByRttNs += min<f64>(LESS_RTT_NS, rttNs) * exchange.roundTrips
  return true
}

/** Whether the host wants to see the exchange that was summed up: it is among the slowest, or its server was slow. */
export function isWorthTelling(exchange: Exchange): bool {
  const serverNs = exchange.part(SERVER)
  const waitedNs = exchange.cursorNs - exchange.beginNs - exchange.part(CLIENT_THINK)
  if (waitedNs >= settings.leastListedNs) return true
  return serverNs >= settings.slowServerNs && serverNs < LONGEST_THOUGHT_NS && exchange.hasHttp === 0
}

/** Forgets the exchange that was summed up; the next one begins where it ended. */
export function nextExchange(exchange: Exchange): void {
  memory.fill(exchange.partAt(0), 0, <usize>PARTS << 3)
  exchange.beginNs = exchange.cursorNs
  exchange.beginFrame = exchange.lastByteFrame
  exchange.connectedFrame = 0
  exchange.requestFrame = 0
  exchange.requestEndFrame = 0
  exchange.firstByteFrame = 0
  exchange.lastByteFrame = 0
  exchange.roundTrips = 0
}
