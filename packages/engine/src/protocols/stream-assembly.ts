import type { Packet } from '../packet.ts'
import { SegmentFlag } from './segment-flags.ts'
import {
  NEED_NOTHING,
  NEED_ONE_MORE_SEGMENT,
  NEED_UNTIL_FIN,
  type StreamDissector,
  type StreamPiece,
} from './stream-dissector.ts'
import { MAX_UNITS, StreamUnit } from './stream-unit.ts'

/** Segments with these flags may complete a message, but then it is lost (spec 13.7). */
export const NOT_DISSECTED = SegmentFlag.keepAlive | SegmentFlag.outOfOrder

/** A dissector at work on a connection, with what waits in each direction, in order of creation. */
export interface AttachedDissector {
  readonly dissector: StreamDissector
  readonly units: readonly [StreamUnit[], StreamUnit[]]
  /** Per direction: the protocol that its frames are marked with, unread; -1 while they are read. */
  readonly opaque: [number, number]
}

export interface AssemblyLimits {
  /** Bytes that one message may store while it waits. */
  readonly maxStreamBytes: number
  /** Bytes that all waiting messages together may store. */
  readonly maxReassemblyBytes: number
}

type MutablePiece = { -readonly [Key in keyof StreamPiece]: StreamPiece[Key] }

/** Puts messages over several segments together as tshark 4.0 does, in units that begin at a message (spec 13.3 to 13.6). */
export class StreamAssembly {
  /** Bytes of messages given up because too much was waiting. */
  droppedBytes = 0
  /** What the dissector is told; the caller sets packet, stream, direction and ports before each call. */
  readonly piece = newPiece()
  private readonly limits: AssemblyLimits
  private storedBytes = 0

  constructor(limits: AssemblyLimits) {
    this.limits = limits
  }

  /** A segment without memory: what is there is dissected once, and nothing can be waited for. */
  dissectCut(attached: AttachedDissector, bytes: Uint8Array, start: number, end: number): void {
    this.begin(null, this.piece.packet.number, this.piece.packet.timeNs, false)
    attached.dissector.dissect(this.piece, bytes, start, end)
    this.noteOpaque(attached)
  }

  /** Takes the payload of a whole segment at a position of the stream. */
  feed(
    attached: AttachedDissector,
    units: StreamUnit[],
    sequence: number,
    bytes: Uint8Array,
    start: number,
    length: number,
    flags: number,
  ): void {
    const frame = this.piece.packet.number
    let position = sequence
    let offset = start
    let left = length
    while (left > 0) {
      const unit = findUnit(units, position)
      if (unit === undefined || position >= unit.reach) {
        if ((flags & NOT_DISSECTED) === 0) this.dissectPayload(attached, units, position, bytes, offset, left, flags)
        return
      }
      if (unit.start === position && position + left <= unit.end && unit.lastFrame !== frame) return
      const taken = unit.takesWholeSegment && !unit.isDone ? left : Math.min(left, unit.end - position)
      if (!unit.isDone) this.extend(attached, units, unit, position, bytes, offset, taken, flags)
      position += taken
      offset += taken
      left -= taken
    }
  }

  /** Adds bytes to a waiting unit and hands it over when it is complete. */
  private extend(
    attached: AttachedDissector,
    units: StreamUnit[],
    unit: StreamUnit,
    position: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    flags: number,
  ): void {
    if (!unit.isSkipped && !this.store(unit, position, bytes, offset, length)) {
      unit.isDone = true
      unit.end = Math.max(unit.next, position + length)
      return
    }
    unit.add(position, position + length)
    unit.lastFrame = this.piece.packet.number
    if (unit.takesWholeSegment && position + length > unit.end) unit.end = position + length
    const endsNow = unit.isUntilFin && (flags & SegmentFlag.fin) !== 0 && unit.islands.length === 0
    const isLost = unit.isInOrderOnly && (flags & NOT_DISSECTED) !== 0
    if (isLost || unit.isComplete || endsNow) this.deliver(attached, units, unit, flags)
  }

  private store(unit: StreamUnit, position: number, bytes: Uint8Array, offset: number, length: number): boolean {
    const size = position + length - unit.keptFrom
    const isTooMuch = size > this.limits.maxStreamBytes || this.storedBytes + length > this.limits.maxReassemblyBytes
    if (isTooMuch) {
      this.droppedBytes += unit.next - unit.keptFrom + length
      this.storedBytes -= unit.release()
      return false
    }
    this.storedBytes += unit.store(position, bytes, offset, length)
    return true
  }

  /** An empty FIN came: what waits for it is complete. */
  finishUntilFin(attached: AttachedDissector, units: StreamUnit[], flags: number): void {
    for (const unit of units) {
      if (!unit.isUntilFin || unit.isDone || unit.islands.length > 0) continue
      this.deliver(attached, units, unit, flags)
      return
    }
  }

  private deliver(attached: AttachedDissector, units: StreamUnit[], unit: StreamUnit, flags: number): void {
    unit.isDone = true
    unit.isUntilFin = false
    unit.end = unit.next
    const piece = this.piece
    if ((flags & NOT_DISSECTED) !== 0) {
      this.storedBytes -= unit.release()
      return
    }
    this.begin(unit.context, unit.firstFrame, unit.firstTimeNs, true)
    const length = unit.next - unit.keptFrom
    if (unit.isSkipped) {
      piece.skippedBytes = length
      unit.keptFrom = unit.next
      attached.dissector.unitCompleted(piece)
      if (piece.need !== NEED_NOTHING) this.await(attached, units, unit, flags)
      return
    }
    const source = unit.bytes
    const consumed = attached.dissector.dissect(piece, source, 0, length)
    this.noteOpaque(attached)
    if (piece.need === NEED_NOTHING) {
      this.storedBytes -= unit.release()
      return
    }
    const isSameMessage = piece.context === unit.context && (piece.context !== null || consumed === 0)
    this.storedBytes -= unit.release()
    const waiting = isSameMessage
      ? unit
      : this.openUnit(units, unit.keptFrom + startOfMessage(piece, consumed), unit.next)
    waiting.keptFrom = waiting === unit ? unit.keptFrom + consumed : unit.next - (length - consumed)
    this.keep(attached, units, waiting, source, consumed, length - consumed, flags)
  }

  private dissectPayload(
    attached: AttachedDissector,
    units: StreamUnit[],
    position: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    flags: number,
  ): void {
    const piece = this.piece
    this.begin(null, piece.packet.number, piece.packet.timeNs, true)
    const consumed = attached.dissector.dissect(piece, bytes, offset, offset + length) - offset
    this.noteOpaque(attached)
    if (piece.need === NEED_NOTHING) return
    const messageStart = piece.messageStart < 0 ? consumed : piece.messageStart - offset
    const unit = this.openUnit(units, position + messageStart, position + length)
    unit.keptFrom = position + consumed
    this.keep(attached, units, unit, bytes, offset + consumed, length - consumed, flags)
  }

  /** Stores what is left over from a dissection for the time when the rest has come. */
  private keep(
    attached: AttachedDissector,
    units: StreamUnit[],
    unit: StreamUnit,
    bytes: Uint8Array,
    offset: number,
    length: number,
    flags: number,
  ): void {
    if (!this.piece.skipContent && length > 0 && !this.store(unit, unit.keptFrom, bytes, offset, length)) {
      unit.isDone = true
      unit.end = unit.next
      return
    }
    this.await(attached, units, unit, flags)
  }

  /** Makes a unit wait for what the dissector asked for. */
  private await(attached: AttachedDissector, units: StreamUnit[], unit: StreamUnit, flags: number): void {
    const { need, skipContent, inOrderOnly, context, packet } = this.piece
    unit.isDone = false
    unit.context = context
    unit.lastFrame = packet.number
    unit.takesWholeSegment = need === NEED_ONE_MORE_SEGMENT
    unit.isUntilFin = need === NEED_UNTIL_FIN
    unit.end = unit.isUntilFin ? Number.POSITIVE_INFINITY : unit.next + (need > 0 ? need : 1)
    unit.isSkipped = skipContent
    unit.isInOrderOnly = skipContent && inOrderOnly
    if (skipContent) unit.keptFrom = unit.next
    if (unit.isUntilFin && (flags & SegmentFlag.fin) !== 0) this.deliver(attached, units, unit, flags)
  }

  private openUnit(units: StreamUnit[], start: number, next: number): StreamUnit {
    if (units.length >= MAX_UNITS) {
      const oldest = units.shift()!
      if (!oldest.isDone && !oldest.isSkipped) this.droppedBytes += oldest.next - oldest.keptFrom
      this.storedBytes -= oldest.release()
    }
    const unit = new StreamUnit(start, next, this.piece.packet.number, this.piece.packet.timeNs)
    units.push(unit)
    return unit
  }

  private noteOpaque(attached: AttachedDissector): void {
    if (this.piece.opaque >= 0) attached.opaque[this.piece.direction] = this.piece.opaque
  }

  /** Prepares the piece for a call of a dissector. */
  begin(context: object | null, firstFrame: number, firstTimeNs: number, canWait: boolean): void {
    const piece = this.piece
    piece.context = context
    piece.firstFrame = firstFrame
    piece.firstTimeNs = firstTimeNs
    piece.canWait = canWait
    piece.need = NEED_NOTHING
    piece.skipContent = false
    piece.inOrderOnly = false
    piece.messageStart = -1
    piece.skippedBytes = 0
    piece.opaque = -1
    piece.isOver = false
  }

  /** Frees what waits. */
  release(attached: AttachedDissector): void {
    for (const units of attached.units) for (const unit of units) this.storedBytes -= unit.release()
  }
}

/** The unit that begins at the position, or the one with the greatest start before it; the newest of equals. */
function findUnit(units: readonly StreamUnit[], position: number): StreamUnit | undefined {
  let found: StreamUnit | undefined
  for (let i = 0; i < units.length; i++) {
    const unit = units[i]!
    if (unit.start <= position && (found === undefined || unit.start >= found.start)) found = unit
  }
  return found
}

function startOfMessage(piece: StreamPiece, consumed: number): number {
  return piece.messageStart < 0 ? consumed : piece.messageStart
}

function newPiece(): MutablePiece {
  return {
    packet: undefined as unknown as Packet,
    stream: 0,
    direction: 0,
    sourcePort: 0,
    destinationPort: 0,
    canWait: true,
    firstFrame: 0,
    firstTimeNs: 0,
    skippedBytes: 0,
    need: NEED_NOTHING,
    skipContent: false,
    inOrderOnly: false,
    context: null,
    messageStart: -1,
    opaque: -1,
    isOver: false,
  }
}
