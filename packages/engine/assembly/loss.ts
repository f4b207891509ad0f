import { Connection, connectionBytes } from "./connection"
import { KEEP_ALIVE, SPURIOUS_RETRANSMISSION, TCP_FIN, TCP_SYN, ZERO_WINDOW_PROBE } from "./flags"
import { Header } from "./header"
import { Segment } from "./segment"

// What our own view says of a segment; the meanings stand in src/tcp/loss.ts.
const LOSS_NONE = 0
export const LOSS_CAPTURE_DUPLICATE = 1
const LOSS_BEFORE_CAPTURE = 2
const LOSS_AFTER_CAPTURE = 3
const LOSS_REORDERED = 4
const LOSS_NEEDLESS = 5
const LOSS_AMBIGUOUS = 6

/** Packets that are remembered, by the low bits of their identification; of those without one only the last {@link MOST_UNNUMBERED}. */
const MOST_RECENT: i32 = 16
const MOST_UNNUMBERED: i32 = 4
const MOST_HOLES: i32 = 8
/** Ranges of bytes, then pairs of signature and time in µs, behind the fields below. */
const HOLES_OFFSET: usize = 52
const RECENT_OFFSET: usize = HOLES_OFFSET + 8 * MOST_HOLES
export const LOSS_SIDE_BYTES: usize = RECENT_OFFSET + 8 * MOST_RECENT + 4

const DUPLICATE_LIMIT_US = 50_000
const DUPLICATE_WITHOUT_ID_LIMIT_US = 1_000
const REORDERING_LIMIT_US: f64 = 3_000

/** What our view remembers of one direction. */
@unmanaged
class LossSide {
  next: i32
  hasNext: i32
  nextTimestamp: i32
  nextIdentification: i32
  nextMicroseconds: i32
  holeCount: i32
  recentAt: i32
  sackedLeft: i32
  sackedRight: i32
  /** End of the newest range that was ever sent twice: RTT samples up to it are ambiguous (Karn). */
  resentEnd: i32
  hasResent: i32
  lastIdentification: i32
  /** Different packets had the same identification, so that it tells nothing. */
  isIdentificationConstant: i32

  @inline
  hole(i: i32): usize {
    return changetype<usize>(this) + HOLES_OFFSET + (<usize>i << 3)
  }

  @inline
  recent(i: i32): usize {
    return changetype<usize>(this) + RECENT_OFFSET + (<usize>i << 3)
  }
}

@inline
function lossSide(connection: Connection, direction: i32): LossSide {
  return changetype<LossSide>(changetype<usize>(connection) + connectionBytes() + <usize>direction * LOSS_SIDE_BYTES)
}

/**
 * Our view of loss, beside tshark's: duplicates of the capture itself are recognised first, then SACK, DSACK, timestamps and IP
 * identification decide what a repeated segment means, and where they cannot, it says so. Written into `loss`, `isDsack`, `rttNs`.
 * O(1) a segment.
 */
export function judgeLoss(header: Header, segment: Segment, connection: Connection): void {
  const forward = lossSide(connection, segment.direction)
  const reverse = lossSide(connection, segment.direction ^ 1)
  segment.loss = LOSS_NONE
  segment.isDsack = 0
  segment.rttNs = 0
  if (isCaptureDuplicate(header, forward)) {
    segment.loss = LOSS_CAPTURE_DUPLICATE
    return
  }
  if (segment.sackBlocks > 0) takeSack(header, segment, reverse)
  if (segment.acknowledgedFrame !== 0 && segment.acknowledgmentRttNs > 0 && isUnambiguous(header, reverse)) {
    segment.rttNs = segment.acknowledgmentRttNs
  }
  const length = header.payloadLength + i32((header.tcpFlags & (TCP_SYN | TCP_FIN)) !== 0)
  if (length === 0 || header.lengthKnown === 0 || (segment.flags & (KEEP_ALIVE | ZERO_WINDOW_PROBE)) !== 0) return
  takeData(header, segment, forward, length)
}

/** The same bytes again within a time in which no sender sends them again. */
function isCaptureDuplicate(header: Header, side: LossSide): bool {
  const identification = side.isIdentificationConstant !== 0 ? 0 : header.identification
  // without identification an acknowledgment that is sent again looks the same as one that was captured twice
  const isEmpty = header.payloadLength === 0 && (header.tcpFlags & (TCP_SYN | TCP_FIN)) === 0
  if (identification === 0 && isEmpty) return false
  let signature = (header.sequence ^ (header.acknowledgment * <i32>0x85ebca6b)) * <i32>0x9e3779b1
  signature = (signature ^ (header.checksum | (header.window << 16))) * <i32>0xc2b2ae35
  signature = ((signature ^ (identification | (header.tcpFlags << 16))) * <i32>0x27d4eb2f) ^ header.payloadLength
  const nowUs = microseconds(header)
  const limitUs = identification > 0 ? DUPLICATE_LIMIT_US : DUPLICATE_WITHOUT_ID_LIMIT_US
  // a mirrored port may give the copies of a burst after all of its packets: identifications tell them apart without a search
  const first = identification > 0 ? identification & (MOST_RECENT - 1) : 0
  const end = identification > 0 ? first + 1 : MOST_UNNUMBERED
  for (let i = first; i < end; i++) {
    if (load<i32>(side.recent(i)) !== signature) continue
    const sinceUs = nowUs - load<i32>(side.recent(i), 4)
    if (sinceUs >= 0 && sinceUs < limitUs) return true
  }
  if (header.identification > 0 && header.identification === side.lastIdentification) side.isIdentificationConstant = 1
  side.lastIdentification = header.identification
  const at = side.recent(identification > 0 ? first : side.recentAt)
  store<i32>(at, signature)
  store<i32>(at, nowUs, 4)
  if (identification === 0) side.recentAt = (side.recentAt + 1) & (MOST_UNNUMBERED - 1)
  return false
}

/** SACK blocks say what the peer holds; a first block below the acknowledgment or inside the second is a DSACK (RFC 2883). */
function takeSack(header: Header, segment: Segment, reverse: LossSide): void {
  const isBelow = segment.sackEdge(1) - header.acknowledgment <= 0
  const isInside =
    segment.sackBlocks > 1 &&
    segment.sackEdge(0) - segment.sackEdge(2) >= 0 &&
    segment.sackEdge(1) - segment.sackEdge(3) <= 0
  const isDsack = isBelow || isInside
  segment.isDsack = i32(isDsack)
  const block = i32(isDsack)
  if (segment.sackBlocks <= block) return
  reverse.sackedLeft = segment.sackEdge(2 * block)
  reverse.sackedRight = segment.sackEdge(2 * block + 1)
}

/** Karn's rule (RFC 6298 §3): an acknowledgment of data that was sent twice measures nothing. */
function isUnambiguous(header: Header, reverse: LossSide): bool {
  return reverse.hasResent === 0 || header.acknowledgment - reverse.resentEnd > 0
}

function takeData(header: Header, segment: Segment, side: LossSide, length: i32): void {
  const end = header.sequence + length
  const distance = side.hasNext === 0 ? 0 : header.sequence - side.next
  if (distance < 0) {
    segment.loss = judgeOld(header, segment, side, end)
    if (segment.loss !== LOSS_REORDERED) rememberResent(side, end)
    fillHole(side, header.sequence, end)
  } else if (distance > 0) {
    openHole(side, side.next, header.sequence)
  }
  if (side.hasNext !== 0 && end - side.next <= 0) return
  side.hasNext = 1
  side.next = end
  side.nextTimestamp = segment.timestampValue
  side.nextIdentification = segment.hasTimestamps !== 0 ? -1 : header.identification
  side.nextMicroseconds = microseconds(header)
}

/** A segment that starts before the newest number seen. */
function judgeOld(header: Header, segment: Segment, side: LossSide, end: i32): i32 {
  if ((segment.flags & SPURIOUS_RETRANSMISSION) !== 0) return LOSS_NEEDLESS
  const left = side.sackedLeft
  const right = side.sackedRight
  if (left !== right && header.sequence - left >= 0 && end - right <= 0) return LOSS_NEEDLESS
  if (!isInHole(side, header.sequence)) return LOSS_AFTER_CAPTURE
  return judgeFirstCopy(header, segment, side)
}

/** The range was never seen: was it sent late, or again? */
function judgeFirstCopy(header: Header, segment: Segment, side: LossSide): i32 {
  if (segment.hasTimestamps !== 0 && side.nextIdentification === -1) {
    const ticks = segment.timestampValue - side.nextTimestamp
    if (ticks < 0) return LOSS_REORDERED
    if (ticks > 0) return LOSS_BEFORE_CAPTURE
  } else if (header.identification > 0 && side.nextIdentification > 0) {
    const distance = ((header.identification - side.nextIdentification) << 16) >> 16
    return distance < 0 ? LOSS_REORDERED : LOSS_BEFORE_CAPTURE
  }
  const sinceUs = microseconds(header) - side.nextMicroseconds
  const limitUs = segment.initialRttNs > 0 ? segment.initialRttNs / 1000 : REORDERING_LIMIT_US
  return sinceUs >= 0 && <f64>sinceUs < limitUs ? LOSS_AMBIGUOUS : LOSS_BEFORE_CAPTURE
}

function rememberResent(side: LossSide, end: i32): void {
  if (side.hasResent === 0 || end - side.resentEnd > 0) side.resentEnd = end
  side.hasResent = 1
}

function isInHole(side: LossSide, sequence: i32): bool {
  for (let i = 0; i < side.holeCount; i++) {
    const hole = side.hole(i)
    if (sequence - load<i32>(hole) >= 0 && sequence - load<i32>(hole, 4) < 0) return true
  }
  return false
}

/** Remembers a range that was skipped; the oldest is forgotten when there are too many. */
function openHole(side: LossSide, start: i32, end: i32): void {
  if (side.holeCount === MOST_HOLES) removeHole(side, 0)
  const hole = side.hole(side.holeCount++)
  store<i32>(hole, start)
  store<i32>(hole, end, 4)
}

function fillHole(side: LossSide, start: i32, end: i32): void {
  for (let i = side.holeCount - 1; i >= 0; i--) {
    const hole = side.hole(i)
    const left = load<i32>(hole)
    const right = load<i32>(hole, 4)
    const coversStart = start - left <= 0 && end - left > 0
    const coversEnd = end - right >= 0 && start - right < 0
    if (coversStart && coversEnd) removeHole(side, i)
    else if (coversStart) store<i32>(hole, end)
    else if (coversEnd) store<i32>(hole, start, 4)
    else if (start - left > 0 && end - right < 0) {
      store<i32>(hole, start, 4)
      openHole(side, end, right)
    }
  }
}

function removeHole(side: LossSide, i: i32): void {
  side.holeCount--
  memory.copy(side.hole(i), side.hole(i + 1), <usize>(side.holeCount - i) << 3)
}

/** Time of the packet in µs modulo 2^32. */
@inline
function microseconds(header: Header): i32 {
  return <i32>(<i64>floor(header.timeNs / 1000))
}
