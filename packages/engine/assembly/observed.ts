import { Connection } from './connection'
import { newDurations } from './durations'
import {
  beginExchange,
  beginRequest,
  Exchange,
  EXCHANGE_BYTES,
  followExchange,
  IN_RESPONSE,
  isWorthTelling,
  nextExchange,
  sumUp,
} from './exchange'
import { TCP_ACK, TCP_PSH, TCP_RST, TCP_SYN } from './flags'
import { Flow } from './flow-table'
import { Header } from './header'
import { followHeldBack, HeldBack } from './held-back'
import { newSlabs, Slabs } from './memory'
import { settings } from './observer-settings'
import { Segment } from './segment'
import { followClock, SenderClock } from './sender-clock'
import * as t from './told'
import { told } from './told'
import { followWindows, WindowSide } from './window-side'

/** Payload up to which no path and no card is asked. */
const COMMON_PAYLOAD = 1460
/** Where no MSS is known, segments larger than a jumbo frame holds were put together by offload. */
const LARGEST_JUMBO_PAYLOAD = 8960
const HAS_MSS = 1 << 26
/** How much longer than the handshake a round trip must be to be remarkable. */
const TIMES_LONGER: f64 = 2
/** All frames below the first number are looked at closely, every 64th below the second, then every 1024th. */
const ALL_BELOW = 1 << 12
const SPARSE_FROM = 1 << 18

/** One in the number of segments with data that are still told. */
const WATCHED_DATA = 1 << 8

// Bits of Flow.lastData, those of src/analyzers/silences.ts.
const HAS_DATA = 2
const ENDED_WITH_PUSH = 4

/** Largest payload one side sent, where it first began (relative, + 1), and the largest before it. */
@unmanaged
class Largest {
  bytes: i32
  start: i32
  before: i32
  padding: i32
}

/** Round trips of data after the handshake while they are watched: how many, and the shortest one that each side's ACKs ended; 0 for none. */
@unmanaged
class RoundTrips {
  samples: i32
  padding: i32
  least0Ns: f64
  least1Ns: f64
}

/** Where the parts of a connection's observations start; src/core/observations.ts has the same. */
const LARGEST: usize = 8
const WINDOWS: usize = LARGEST + 2 * offsetof<Largest>()
const HELD_BACK: usize = WINDOWS + 2 * offsetof<WindowSide>()
const CLOCKS: usize = HELD_BACK + 2 * offsetof<HeldBack>()
const ROUND_TRIPS: usize = CLOCKS + 2 * offsetof<SenderClock>()
const EXCHANGE: usize = ROUND_TRIPS + offsetof<RoundTrips>()
/** So many round trips tell whether a path is slow. */
const ENOUGH_ROUND_TRIPS = 16

let table: Slabs = changetype<Slabs>(0)

/** Round trips of data, and segments larger than the path can carry. */
export const roundTrips = newDurations()
export let oversized: i32 = 0

export function initObserved(): void {
  table = newSlabs(EXCHANGE + EXCHANGE_BYTES)
}

/** Where the observations of a connection start; 0 when it has none. */
export function observedAt(connection: Connection): usize {
  return connection.observed === 0 ? 0 : table.at(connection.observed - 1)
}

export function forgetObserved(connection: Connection): void {
  if (connection.observed !== 0) table.give(connection.observed - 1)
  connection.observed = 0
}

/** Lets the observers follow a segment; what they notice stands in `told`. O(1). */
export function observe(header: Header, segment: Segment, connection: Connection, flow: Flow): void {
  let events = flowEvents(header, segment, flow)
  if (segment.sackBlocks > 0) events |= t.EVENT_SACK
  const hasData = header.payloadLength > 0
  if (connection.watched !== 0 && isWatched(connection, segment, hasData)) events |= t.EVENT_WATCHED
  if (segment.rttNs > 0) events |= takeRoundTrip(header, segment)
  if (header.payloadLength > COMMON_PAYLOAD && isOversized(header, connection) && isOurs(header)) oversized++
  let at = observedAt(connection)
  // a connection that was only asked for, or refused, has nothing to be observed
  if (at === 0 && (hasData || isAnswered(header.tcpFlags))) at = begin(header, connection, flow)
  if (at !== 0) events |= follow(header, segment, connection, flow, at)
  if (hasData) {
    flow.lastData = segment.direction | HAS_DATA | ((header.tcpFlags & TCP_PSH) !== 0 ? ENDED_WITH_PUSH : 0)
  }
  told.events = events
}

/** Takes a round trip that is watched; true when that was the last one needed. */
function hasEnoughRoundTrips(connection: Connection, segment: Segment): bool {
  const at = observedAt(connection)
  if (at === 0) return false
  const trips = changetype<RoundTrips>(at + ROUND_TRIPS)
  if (trips.samples === ENOUGH_ROUND_TRIPS) return false
  const rttNs = segment.rttNs
  if (segment.direction === 0) trips.least0Ns = trips.least0Ns === 0 ? rttNs : min<f64>(trips.least0Ns, rttNs)
  else trips.least1Ns = trips.least1Ns === 0 ? rttNs : min<f64>(trips.least1Ns, rttNs)
  return ++trips.samples === ENOUGH_ROUND_TRIPS
}

/** Says what every flow has: its first frame, silences, frames that are looked at closely. Returns events. */
export function flowEvents(header: Header, segment: Segment, flow: Flow): i32 {
  told.previousFrame = flow.lastFrame
  told.previousTimeNs = flow.lastTimeNs
  told.previousData = flow.lastData
  let events = segment.isFirst !== 0 ? t.EVENT_FIRST : 0
  if (flow.lastFrame !== 0 && header.timeNs - flow.lastTimeNs >= settings.silenceNs) events |= t.EVENT_SILENCE
  if (isSampled(header.number)) events |= t.EVENT_SAMPLED
  return events
}

@inline
function isSampled(frame: i32): bool {
  return frame < ALL_BELOW || (frame & (frame < SPARSE_FROM ? 63 : 1023)) === 0
}

/** Bits of Connection.watched: 1 and 8 every segment, 16 the one that ends the last round trip needed, 2 and 4 the data of direction 0 and 1 as often as the number above says; as in src/core/observations.ts. */
function isWatched(connection: Connection, segment: Segment, hasData: bool): bool {
  const watched = connection.watched
  let isTold = (watched & 9) !== 0
  if (segment.rttNs > 0 && (watched & 16) !== 0 && hasEnoughRoundTrips(connection, segment)) isTold = true
  if (!hasData || (watched & (2 << segment.direction)) === 0) return isTold
  connection.watched = watched < 2 * WATCHED_DATA ? watched & 25 : watched - WATCHED_DATA
  return true
}

@inline
function isAnswered(tcpFlags: i32): bool {
  return (tcpFlags & TCP_RST) === 0 && (tcpFlags & (TCP_SYN | TCP_ACK)) !== TCP_SYN
}

function takeRoundTrip(header: Header, segment: Segment): i32 {
  if (isOurs(header)) roundTrips.add(segment.rttNs)
  if (segment.rttNs < settings.queueNs || segment.initialRttNs <= 0) return 0
  const isLong = segment.rttNs - segment.initialRttNs >= settings.queueNs && segment.rttNs >= TIMES_LONGER * segment.initialRttNs
  return isLong ? t.EVENT_LONG_RTT : 0
}

/** Larger than both sides said they take. */
function isOversized(header: Header, connection: Connection): bool {
  if (connection.synFrame === 0 || connection.synAckFrame === 0) return header.payloadLength > LARGEST_JUMBO_PAYLOAD
  const one = connection.synOptions
  const other = connection.synAckOptions
  const least = min((one & HAS_MSS) === 0 ? 0x10000 : one & 0xffff, (other & HAS_MSS) === 0 ? 0x10000 : other & 0xffff)
  return header.payloadLength > (least > 0 && least < 0x10000 ? least : LARGEST_JUMBO_PAYLOAD)
}

/** True when the host listens to these addresses, in a run that is split; the same for both directions. */
function isOurs(header: Header): bool {
  if (settings.partCount <= 1) return true
  return ((header.source ^ header.destination) * <i32>0x9e3779b1 >>> 16) % settings.partCount === settings.partIndex
}

function begin(header: Header, connection: Connection, flow: Flow): usize {
  connection.observed = table.take() + 1
  const at = observedAt(connection)
  // what only began now has nothing to be replayed
  if (flow.firstFrame === 0) return at
  beginExchange(changetype<Exchange>(at + EXCHANGE), connection, flow)
  if (connection.synFrame === 0) return at
  const initiator = connection.initiator()
  changetype<WindowSide>(at + WINDOWS + <usize>initiator * offsetof<WindowSide>()).lastTimeNs = connection.synTimeNs
  return at
}

function follow(header: Header, segment: Segment, connection: Connection, flow: Flow, at: usize): i32 {
  const own = <usize>segment.direction
  const peer = own ^ 1
  const windows = at + WINDOWS
  let events = followWindows(
    header,
    segment,
    changetype<WindowSide>(windows + own * offsetof<WindowSide>()),
    changetype<WindowSide>(windows + peer * offsetof<WindowSide>()),
  )
  events |= followHeldBack(
    header,
    segment,
    changetype<HeldBack>(at + HELD_BACK + own * offsetof<HeldBack>()),
    changetype<HeldBack>(at + HELD_BACK + peer * offsetof<HeldBack>()),
  )
  events |= followClock(header, segment, changetype<SenderClock>(at + CLOCKS + own * offsetof<SenderClock>()))
  if (header.payloadLength > 0) {
    store<f64>(at, header.timeNs + 1)
    const largest = changetype<Largest>(at + LARGEST + own * offsetof<Largest>())
    if (header.payloadLength > largest.bytes) {
      largest.before = largest.bytes
      largest.bytes = header.payloadLength
      largest.start = segment.relativeSequence + 1
    }
  }
  const exchange = changetype<Exchange>(at + EXCHANGE)
  if (!followExchange(header, segment, exchange, connection, flow)) return events
  events |= endExchange(exchange)
  beginRequest(header, exchange)
  return events
}

/** Sums up the exchange under way and keeps a copy of it for the host if that wants to see it. Returns events. */
function endExchange(exchange: Exchange): i32 {
  let events = 0
  if (sumUp(exchange) && isWorthTelling(exchange)) {
    memory.copy(told.exchange, changetype<usize>(exchange), EXCHANGE_BYTES)
    events = t.EVENT_EXCHANGE
  }
  nextExchange(exchange)
  return events
}

/** Ends the exchange that a connection's last response belongs to, when the connection is over. Returns events. */
export function endLastExchange(connection: Connection): i32 {
  const at = observedAt(connection)
  if (at === 0) return 0
  const exchange = changetype<Exchange>(at + EXCHANGE)
  return exchange.state === IN_RESPONSE ? endExchange(exchange) : 0
}
