import { uint16 } from '../decode/cursor.ts'
import { TCP_FIN, TCP_SYN } from '../decode/tcp.ts'
import { seqDelta } from '../flow/sequence.ts'
import { IP_LAYER_WORDS, type Packet } from '../packet.ts'
import { KEEP_ALIVE, SPURIOUS_RETRANSMISSION, ZERO_WINDOW_PROBE } from './analysis-flags.ts'
import type { Segment } from './segment.ts'

/** What our own view says of a segment that tshark may call retransmitted, out of order or nothing at all. */
export const LOSS_NONE = 0
/** The capture holds the same packet twice (a mirrored port, two interfaces). It counts for nothing else. */
export const LOSS_CAPTURE_DUPLICATE = 1
/** Sent again, and the first copy never passed the capture point: lost between sender and capture. */
export const LOSS_BEFORE_CAPTURE = 2
/** Sent again though the first copy passed: lost between capture and receiver, or its acknowledgment was. */
export const LOSS_AFTER_CAPTURE = 3
/** Sent in order, arrived late: timestamps or IP identification are older than those of its successors. */
export const LOSS_REORDERED = 4
/** Sent again though the receiver had it, as its ACK or SACK before shows. */
export const LOSS_NEEDLESS = 5
/** The capture cannot tell reordering from retransmission. */
export const LOSS_AMBIGUOUS = 6

export const lossNames = [
  'none',
  'capture duplicate',
  'lost before the capture point',
  'lost after the capture point',
  'reordered',
  'needless',
  'ambiguous',
] as const

const NEXT = 0
const HAS_NEXT = 1
const NEXT_TIMESTAMP = 2
const NEXT_IDENTIFICATION = 3
const NEXT_MICROSECONDS = 4
const HOLES = 5
const MOST_HOLES = 8
const HOLE_COUNT = HOLES + 2 * MOST_HOLES
/** The last packets as pairs of signature and time in µs, modulo 2^32. */
const RECENT = HOLE_COUNT + 1
const MOST_RECENT = 4
const RECENT_AT = RECENT + 2 * MOST_RECENT
const SACKED_LEFT = RECENT_AT + 1
const SACKED_RIGHT = RECENT_AT + 2
/** End of the newest range that was ever sent twice: RTT samples up to it are ambiguous (Karn). */
const RESENT_END = RECENT_AT + 3
const HAS_RESENT = RECENT_AT + 4
const SIDE_WORDS = 36

const DUPLICATE_LIMIT_US = 50_000
const DUPLICATE_WITHOUT_ID_LIMIT_US = 1_000
const REORDERING_LIMIT_US = 3_000

/**
 * Our view of loss, beside tshark's: duplicates of the capture itself are recognised first, then SACK, DSACK, timestamps and IP
 * identification decide what a repeated segment means, and where they cannot, it says so. O(1) a segment; 288 bytes a connection.
 */
export class LossView {
  private words = new Int32Array(SIDE_WORDS * 256)

  /** Concludes about a segment after tshark's analysis and writes it into `segment.loss`, `isDsack` and `rttNs`. */
  take(segment: Segment, packet: Packet): void {
    const forward = this.side(segment.connection, segment.direction)
    const reverse = this.side(segment.connection, segment.direction ^ 1)
    segment.loss = LOSS_NONE
    segment.isDsack = false
    segment.rttNs = 0
    if (this.isCaptureDuplicate(packet, forward)) {
      segment.loss = LOSS_CAPTURE_DUPLICATE
      return
    }
    if (segment.sackBlocks > 0) this.takeSack(segment, packet, reverse)
    if (segment.acknowledgedFrame !== 0 && segment.acknowledgmentRttNs > 0 && this.isUnambiguous(packet, reverse)) {
      segment.rttNs = segment.acknowledgmentRttNs
    }
    const length = packet.payloadLength + ((packet.tcpFlags & (TCP_SYN | TCP_FIN)) !== 0 ? 1 : 0)
    if (length === 0 || !packet.lengthKnown || (segment.flags & (KEEP_ALIVE | ZERO_WINDOW_PROBE)) !== 0) return
    this.takeData(segment, packet, forward, length)
  }

  /** Forgets a connection whose record is used again. */
  clear(connection: number): void {
    const start = connection * 2 * SIDE_WORDS
    if (start < this.words.length) this.words.fill(0, start, start + 2 * SIDE_WORDS)
  }

  private side(connection: number, direction: number): number {
    const at = (connection * 2 + direction) * SIDE_WORDS
    if (at + SIDE_WORDS > this.words.length) {
      const grown = new Int32Array(Math.max(this.words.length * 2, at + SIDE_WORDS))
      grown.set(this.words)
      this.words = grown
    }
    return at
  }

  /** The same bytes again within a time in which no sender sends them again. */
  private isCaptureDuplicate(packet: Packet, side: number): boolean {
    const { words } = this
    const identification = identificationOf(packet)
    const hasChecksum = packet.transportStart + 18 <= packet.dataEnd
    const checksum = hasChecksum ? uint16(packet.data, packet.transportStart + 16) : 0
    let signature = Math.imul(packet.sequence ^ Math.imul(packet.acknowledgment, 0x85ebca6b), 0x9e3779b1)
    signature = Math.imul(signature ^ (checksum | (packet.window << 16)), 0xc2b2ae35)
    signature = Math.imul(signature ^ (identification | (packet.tcpFlags << 16)), 0x27d4eb2f) ^ packet.payloadLength
    const nowUs = microseconds(packet)
    const limitUs = identification > 0 ? DUPLICATE_LIMIT_US : DUPLICATE_WITHOUT_ID_LIMIT_US
    for (let i = 0; i < MOST_RECENT; i++) {
      if (words[side + RECENT + 2 * i] !== signature) continue
      const sinceUs = (nowUs - words[side + RECENT + 2 * i + 1]) | 0
      if (sinceUs >= 0 && sinceUs < limitUs) return true
    }
    const at = words[side + RECENT_AT]
    words[side + RECENT + 2 * at] = signature
    words[side + RECENT + 2 * at + 1] = nowUs
    words[side + RECENT_AT] = (at + 1) % MOST_RECENT
    return false
  }

  /** SACK blocks say what the peer holds; a first block below the acknowledgment or inside the second is a DSACK (RFC 2883). */
  private takeSack(segment: Segment, packet: Packet, reverse: number): void {
    const edges = segment.sackEdges
    const isBelow = seqDelta(edges[1], packet.acknowledgment) <= 0
    const isInside = segment.sackBlocks > 1 && seqDelta(edges[0], edges[2]) >= 0 && seqDelta(edges[1], edges[3]) <= 0
    segment.isDsack = isBelow || isInside
    const block = segment.isDsack ? 1 : 0
    if (segment.sackBlocks <= block) return
    this.words[reverse + SACKED_LEFT] = edges[2 * block]
    this.words[reverse + SACKED_RIGHT] = edges[2 * block + 1]
  }

  /** Karn's rule (RFC 6298 §3): an acknowledgment of data that was sent twice measures nothing. */
  private isUnambiguous(packet: Packet, reverse: number): boolean {
    const { words } = this
    return words[reverse + HAS_RESENT] === 0 || seqDelta(packet.acknowledgment, words[reverse + RESENT_END]) > 0
  }

  private takeData(segment: Segment, packet: Packet, side: number, length: number): void {
    const { words } = this
    const end = (packet.sequence + length) | 0
    const distance = words[side + HAS_NEXT] === 0 ? 0 : seqDelta(packet.sequence, words[side + NEXT])
    if (distance < 0) {
      segment.loss = this.judgeOld(segment, packet, side, end)
      if (segment.loss !== LOSS_REORDERED) this.rememberResent(side, end)
      this.fillHole(side, packet.sequence, end)
    } else if (distance > 0) {
      this.openHole(side, words[side + NEXT], packet.sequence)
    }
    if (words[side + HAS_NEXT] !== 0 && seqDelta(end, words[side + NEXT]) <= 0) return
    words[side + HAS_NEXT] = 1
    words[side + NEXT] = end
    words[side + NEXT_TIMESTAMP] = segment.timestampValue
    words[side + NEXT_IDENTIFICATION] = segment.hasTimestamps ? -1 : identificationOf(packet)
    words[side + NEXT_MICROSECONDS] = microseconds(packet)
  }

  /** A segment that starts before the newest number seen. */
  private judgeOld(segment: Segment, packet: Packet, side: number, end: number): number {
    if ((segment.flags & SPURIOUS_RETRANSMISSION) !== 0) return LOSS_NEEDLESS
    const { words } = this
    const left = words[side + SACKED_LEFT]
    const right = words[side + SACKED_RIGHT]
    if (left !== right && seqDelta(packet.sequence, left) >= 0 && seqDelta(end, right) <= 0) return LOSS_NEEDLESS
    if (!this.isInHole(side, packet.sequence)) return LOSS_AFTER_CAPTURE
    return this.judgeFirstCopy(segment, packet, side)
  }

  /** The range was never seen: was it sent late, or again? */
  private judgeFirstCopy(segment: Segment, packet: Packet, side: number): number {
    const { words } = this
    if (segment.hasTimestamps && words[side + NEXT_IDENTIFICATION] === -1) {
      const ticks = seqDelta(segment.timestampValue, words[side + NEXT_TIMESTAMP])
      if (ticks < 0) return LOSS_REORDERED
      if (ticks > 0) return LOSS_BEFORE_CAPTURE
    } else {
      const identification = identificationOf(packet)
      const successor = words[side + NEXT_IDENTIFICATION]
      if (identification > 0 && successor > 0) {
        return ((identification - successor) << 16) >> 16 < 0 ? LOSS_REORDERED : LOSS_BEFORE_CAPTURE
      }
    }
    const sinceUs = (microseconds(packet) - words[side + NEXT_MICROSECONDS]) | 0
    const limitUs = segment.initialRttNs > 0 ? segment.initialRttNs / 1000 : REORDERING_LIMIT_US
    return sinceUs >= 0 && sinceUs < limitUs ? LOSS_AMBIGUOUS : LOSS_BEFORE_CAPTURE
  }

  private rememberResent(side: number, end: number): void {
    const { words } = this
    if (words[side + HAS_RESENT] === 0 || seqDelta(end, words[side + RESENT_END]) > 0) words[side + RESENT_END] = end
    words[side + HAS_RESENT] = 1
  }

  private isInHole(side: number, sequence: number): boolean {
    const { words } = this
    for (let hole = 0; hole < words[side + HOLE_COUNT]; hole++) {
      const at = side + HOLES + 2 * hole
      if (seqDelta(sequence, words[at]) >= 0 && seqDelta(sequence, words[at + 1]) < 0) return true
    }
    return false
  }

  /** Remembers a range that was skipped; the oldest is forgotten when there are too many. */
  private openHole(side: number, start: number, end: number): void {
    const { words } = this
    if (words[side + HOLE_COUNT] === MOST_HOLES) this.removeHole(side, 0)
    const at = side + HOLES + 2 * words[side + HOLE_COUNT]++
    words[at] = start
    words[at + 1] = end
  }

  private fillHole(side: number, start: number, end: number): void {
    const { words } = this
    for (let hole = words[side + HOLE_COUNT] - 1; hole >= 0; hole--) {
      const at = side + HOLES + 2 * hole
      const coversStart = seqDelta(start, words[at]) <= 0 && seqDelta(end, words[at]) > 0
      const coversEnd = seqDelta(end, words[at + 1]) >= 0 && seqDelta(start, words[at + 1]) < 0
      if (coversStart && coversEnd) this.removeHole(side, hole)
      else if (coversStart) words[at] = end
      else if (coversEnd) words[at + 1] = start
      else if (seqDelta(start, words[at]) > 0 && seqDelta(end, words[at + 1]) < 0) {
        const rest = words[at + 1]
        words[at + 1] = start
        this.openHole(side, end, rest)
      }
    }
  }

  private removeHole(side: number, hole: number): void {
    const { words } = this
    const count = --words[side + HOLE_COUNT]
    const at = side + HOLES + 2 * hole
    words.copyWithin(at, at + 2, side + HOLES + 2 * (count + 1))
  }
}

/** Identification of the innermost IPv4 header, 0 where there is none or it says nothing (RFC 6864 §4.1). */
function identificationOf(packet: Packet): number {
  if (packet.ipLayers[(packet.ipLayerCount - 1) * IP_LAYER_WORDS] !== 4 || packet.ipHeaderStart < 0) return 0
  return uint16(packet.data, packet.ipHeaderStart + 4)
}

/** Time of the packet in µs modulo 2^32. */
function microseconds(packet: Packet): number {
  return Math.floor(packet.timeNs / 1000) | 0
}
