import { TCP_FIN, TCP_RST, TCP_SYN } from './flags'
import { Header } from './header'
import { LOSS_CAPTURE_DUPLICATE } from './loss'
import { settings } from './observer-settings'
import { Segment } from './segment'
import { EVENT_WINDOW_CLOSED, EVENT_WINDOW_OPENED } from './told'

const OPENING_OR_CLOSING = TCP_SYN | TCP_FIN | TCP_RST
/** A window that leaves no room for a full segment is as good as full. */
const FULL_SEGMENT_BYTES = 1460
/** Going on later than this after the other side spoke is the application's doing, wherever the capture was taken. */
const LATE_ROUND_TRIPS: f64 = 1.5
const LATE_NS: f64 = 2e6
const SCALE_UNKNOWN = -1

/** What one side advertised as a receiver, then what it sent; src/analyzers/windows/side.ts has the same order and says what it means. */
@unmanaged
export class WindowSide {
  advertised: i32
  small: i32
  zero: i32
  least: i32
  greatest: i32
  last: i32
  unscaled: i32
  dataSegments: i32
  resent: i32
  mostInFlight: i32
  resumes: i32
  resumedFull: i32
  resumedLate: i32
  wasFull: i32
  firstDataFrame: i32
  padding: i32
  /** Time + 1 ns since when the window is closed; 0 while it is open. */
  closedSinceNs: f64
  closedNs: f64
  longestClosedNs: f64
  lastTimeNs: f64
  firstDataTimeNs: f64
  lastDataTimeNs: f64
  windowSumBytes: f64
}

/** Follows what a segment says of its sender's window, and how full its data leaves that of the other side. Returns events. */
export function followWindows(header: Header, segment: Segment, own: WindowSide, peer: WindowSide): i32 {
  const timeNs = header.timeNs
  if (header.payloadLength > 0 && segment.loss !== LOSS_CAPTURE_DUPLICATE) sent(header, segment, own, peer)
  own.lastTimeNs = timeNs
  if ((header.tcpFlags & OPENING_OR_CLOSING) !== 0) return 0
  const windowBytes = segment.windowBytes
  if (windowBytes === own.last && windowBytes > 0) return 0
  const isFirst = own.advertised === 0
  own.advertised = 1
  let events = 0
  if (windowBytes === 0) {
    own.zero++
    if (own.closedSinceNs === 0) own.closedSinceNs = timeNs + 1
    events = EVENT_WINDOW_CLOSED
  } else if (windowBytes < settings.smallWindowBytes) own.small = 1
  if (own.closedSinceNs !== 0 && windowBytes > 0) {
    endClosed(own, timeNs)
    events |= EVENT_WINDOW_OPENED
  }
  if (windowBytes < own.least || isFirst) own.least = windowBytes
  if (windowBytes > own.greatest) own.greatest = windowBytes
  own.last = windowBytes
  if (segment.windowScale === SCALE_UNKNOWN) own.unscaled = 1
  return events
}

function sent(header: Header, segment: Segment, own: WindowSide, peer: WindowSide): void {
  const inFlight = segment.bytesInFlight
  own.dataSegments++
  if (inFlight > own.mostInFlight) own.mostInFlight = inFlight
  if (peer.lastTimeNs >= own.lastTimeNs) {
    own.resumes++
    const isLate = header.timeNs - peer.lastTimeNs > LATE_ROUND_TRIPS * segment.initialRttNs + LATE_NS
    if (own.wasFull === 1) own.resumedFull++
    else if (inFlight === header.payloadLength && isLate) own.resumedLate++
  }
  own.wasFull = i32(peer.advertised > 0 && inFlight + FULL_SEGMENT_BYTES > peer.last)
  peer.windowSumBytes += peer.last
  if (segment.loss !== 0) own.resent++
  if (own.firstDataFrame === 0) {
    own.firstDataFrame = header.number
    own.firstDataTimeNs = header.timeNs
  }
  own.lastDataTimeNs = header.timeNs
}

/** Adds the time for which the window was closed until now. */
function endClosed(side: WindowSide, timeNs: f64): void {
  const closedNs = max<f64>(0, timeNs + 1 - side.closedSinceNs)
  side.closedNs += closedNs
  if (closedNs > side.longestClosedNs) side.longestClosedNs = closedNs
  side.closedSinceNs = 0
}
