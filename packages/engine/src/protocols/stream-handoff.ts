import type { Packet } from '../packet.ts'
import type { DissectorChooser, StreamProtocol } from './choose-dissector.ts'
import { SegmentFlag } from './segment-flags.ts'
import {
  NEED_NOTHING,
  NEED_ONE_MORE_SEGMENT,
  NEED_UNTIL_FIN,
  type StreamDissector,
  type StreamPiece,
} from './stream-dissector.ts'
import { StreamUnit } from './stream-unit.ts'

/** Units remembered a direction, done ones included: a repeat of a finished message is known by them. */
const MAX_UNITS = 16
const NOT_PASSED_ON = SegmentFlag.plainRetransmission | SegmentFlag.spuriousRetransmission
const NOT_DISSECTED = SegmentFlag.keepAlive | SegmentFlag.outOfOrder

/** Values of the verdict slot of a connection. */
const UNKNOWN = 0
const ATTACHED = 1
const GUESS_ONLY = 2
const FOREIGN = 3

interface Attached {
  readonly dissector: StreamDissector
  /** By direction, in order of creation. */
  readonly units: readonly [StreamUnit[], StreamUnit[]]
}

type MutablePiece = { -readonly [Key in keyof StreamPiece]: StreamPiece[Key] }

export interface HandoffLimits {
  /** Bytes that one message may store while it waits. */
  readonly maxStreamBytes: number
  /** Bytes that all waiting messages together may store. */
  readonly maxReassemblyBytes: number
}

/**
 * Hands TCP payload to the dissector of its connection the way tshark 4.0 does by default: in order of arrival, messages over several
 * segments put together, repeats left out, out-of-order segments used only inside a message already under way.
 */
export class StreamHandoff {
  /** Bytes of messages given up because too much was waiting. */
  droppedBytes = 0
  readonly #chooser: DissectorChooser
  readonly #limits: HandoffLimits
  #storedBytes = 0
  #verdicts = new Uint8Array(1024)
  readonly #attached: (Attached | undefined)[] = []
  readonly #piece = newPiece()

  constructor(chooser: DissectorChooser, limits: HandoffLimits) {
    this.#chooser = chooser
    this.#limits = limits
  }

  /**
   * Takes one TCP segment, after its analysis. Empty segments matter only with FIN. Costs a few integer operations while the connection
   * interests nobody or its bytes are inside a message whose content nobody reads.
   *
   * @param connection small integer naming the connection until {@link release}.
   * @param serverPort destination of the pure SYN or source of the SYN+ACK, last seen; 0 if none was.
   * @param sequence relative sequence number of the segment, 0 … 2^32-1 (SYN counts).
   * @param start offset of the payload in `packet`'s transport bytes `bytes`, of which `capturedLength` are there.
   * @param flags bits of {@link SegmentFlag}.
   */
  segment(
    connection: number,
    direction: 0 | 1,
    stream: number,
    packet: Packet,
    sourcePort: number,
    destinationPort: number,
    serverPort: number,
    sequence: number,
    bytes: Uint8Array,
    start: number,
    capturedLength: number,
    flags: number,
  ): void {
    const verdict = connection < this.#verdicts.length ? this.#verdicts[connection]! : UNKNOWN
    if (verdict === FOREIGN || (flags & SegmentFlag.rst) !== 0) return
    const attached = verdict === ATTACHED ? this.#attached[connection] : undefined
    if (capturedLength <= 0 && ((flags & SegmentFlag.fin) === 0 || attached === undefined)) return

    const piece = this.#piece
    piece.packet = packet
    piece.stream = stream
    piece.direction = direction
    piece.sourcePort = sourcePort
    piece.destinationPort = destinationPort
    const position = (flags & SegmentFlag.syn) === 0 ? sequence : sequence + 1
    if (capturedLength <= 0) {
      this.#finishUntilFin(attached!, attached!.units[direction], flags)
      return
    }
    if ((flags & NOT_PASSED_ON) !== 0) return
    if (attached !== undefined) {
      const units = attached.units[direction]
      const newest = units.length > 0 ? units[units.length - 1]! : undefined
      if (
        newest !== undefined &&
        flags === SegmentFlag.whole &&
        passesUnseen(newest, position, capturedLength, packet.number)
      )
        return
      if ((flags & SegmentFlag.whole) !== 0) this.#feed(attached, units, position, bytes, start, capturedLength, flags)
      else if ((flags & NOT_DISSECTED) === 0) this.#dissectCut(attached, bytes, start, start + capturedLength)
      return
    }
    if ((flags & NOT_DISSECTED) !== 0) return
    const opened = this.#attach(connection, verdict, serverPort, bytes, start, start + capturedLength)
    if (opened === undefined) return
    if ((flags & SegmentFlag.whole) !== 0) {
      this.#feed(opened, opened.units[direction], position, bytes, start, capturedLength, flags)
    } else this.#dissectCut(opened, bytes, start, start + capturedLength)
  }

  /** Forgets a connection; its number may be used again. */
  release(connection: number): void {
    if (connection < this.#verdicts.length) this.#verdicts[connection] = UNKNOWN
    const attached = this.#attached[connection]
    if (attached === undefined) return
    for (const units of attached.units) for (const unit of units) this.#storedBytes -= unit.release()
    this.#attached[connection] = undefined
  }

  #attach(
    connection: number,
    verdict: number,
    serverPort: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Attached | undefined {
    const { sourcePort, destinationPort } = this.#piece
    let protocol: StreamProtocol | undefined
    if (verdict === UNKNOWN) {
      const owner = this.#chooser.byPort(serverPort, sourcePort, destinationPort, bytes, start, end)
      if (owner === 'foreign') this.#setVerdict(connection, FOREIGN)
      else if (owner === 'nobody') this.#setVerdict(connection, GUESS_ONLY)
      else if (owner !== 'refused') protocol = owner
      if (owner === 'foreign') return undefined
    }
    protocol ??= this.#chooser.byContent(bytes, start, end)
    if (protocol === undefined) return undefined
    const attached: Attached = { dissector: protocol.open(), units: [[], []] }
    this.#setVerdict(connection, ATTACHED)
    this.#attached[connection] = attached
    return attached
  }

  #setVerdict(connection: number, verdict: number): void {
    if (connection >= this.#verdicts.length) {
      const larger = new Uint8Array(Math.max(connection + 1, 2 * this.#verdicts.length))
      larger.set(this.#verdicts)
      this.#verdicts = larger
    }
    this.#verdicts[connection] = verdict
  }

  /** A segment without memory: what is there is dissected once, and nothing can be waited for. */
  #dissectCut(attached: Attached, bytes: Uint8Array, start: number, end: number): void {
    this.#begin(null, this.#piece.packet.number, this.#piece.packet.timeNs, false)
    attached.dissector.dissect(this.#piece, bytes, start, end)
  }

  #feed(
    attached: Attached,
    units: StreamUnit[],
    sequence: number,
    bytes: Uint8Array,
    start: number,
    length: number,
    flags: number,
  ): void {
    const frame = this.#piece.packet.number
    let position = sequence
    let offset = start
    let left = length
    while (left > 0) {
      const unit = findUnit(units, position)
      if (unit === undefined || position >= unit.end) {
        if ((flags & NOT_DISSECTED) === 0) this.#dissectPayload(attached, units, position, bytes, offset, left, flags)
        return
      }
      if (unit.start === position && position + left <= unit.end && unit.lastFrame !== frame) return
      const taken = unit.takesWholeSegment && !unit.isDone ? left : Math.min(left, unit.end - position)
      if (!unit.isDone) this.#extend(attached, units, unit, position, bytes, offset, taken, flags)
      position += taken
      offset += taken
      left -= taken
    }
  }

  /** Adds bytes to a waiting unit and hands it over when it is complete. */
  #extend(
    attached: Attached,
    units: StreamUnit[],
    unit: StreamUnit,
    position: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    flags: number,
  ): void {
    if (!unit.isSkipped && !this.#store(unit, position, bytes, offset, length)) {
      unit.isDone = true
      unit.end = Math.max(unit.next, position + length)
      return
    }
    unit.add(position, position + length)
    unit.lastFrame = this.#piece.packet.number
    if (unit.takesWholeSegment && position + length > unit.end) unit.end = position + length
    const endsNow = unit.isUntilFin && (flags & SegmentFlag.fin) !== 0 && unit.islands.length === 0
    if (unit.isComplete || endsNow) this.#deliver(attached, units, unit, flags)
  }

  #store(unit: StreamUnit, position: number, bytes: Uint8Array, offset: number, length: number): boolean {
    const size = position + length - unit.keptFrom
    const isTooMuch = size > this.#limits.maxStreamBytes || this.#storedBytes + length > this.#limits.maxReassemblyBytes
    if (isTooMuch) {
      this.droppedBytes += unit.next - unit.keptFrom + length
      this.#storedBytes -= unit.release()
      return false
    }
    this.#storedBytes += unit.store(position, bytes, offset, length)
    return true
  }

  #finishUntilFin(attached: Attached, units: StreamUnit[], flags: number): void {
    for (const unit of units) {
      if (!unit.isUntilFin || unit.isDone || unit.islands.length > 0) continue
      this.#deliver(attached, units, unit, flags)
      return
    }
  }

  #deliver(attached: Attached, units: StreamUnit[], unit: StreamUnit, flags: number): void {
    unit.isDone = true
    unit.isUntilFin = false
    unit.end = unit.next
    const piece = this.#piece
    if ((flags & NOT_DISSECTED) !== 0) {
      this.#storedBytes -= unit.release()
      return
    }
    this.#begin(unit.context, unit.firstFrame, unit.firstTimeNs, true)
    const length = unit.next - unit.keptFrom
    if (unit.isSkipped) {
      piece.skippedBytes = length
      unit.keptFrom = unit.next
      attached.dissector.unitCompleted(piece)
      if (piece.need !== NEED_NOTHING) this.#await(attached, units, unit, flags)
      return
    }
    const source = unit.bytes
    const consumed = attached.dissector.dissect(piece, source, 0, length)
    if (piece.need === NEED_NOTHING) {
      this.#storedBytes -= unit.release()
      return
    }
    const isSameMessage = piece.context === unit.context && (piece.context !== null || consumed === 0)
    this.#storedBytes -= unit.release()
    const waiting = isSameMessage
      ? unit
      : this.#openUnit(units, unit.keptFrom + startOfMessage(piece, consumed), unit.next)
    waiting.keptFrom = waiting === unit ? unit.keptFrom + consumed : unit.next - (length - consumed)
    this.#keep(attached, units, waiting, source, consumed, length - consumed, flags)
  }

  #dissectPayload(
    attached: Attached,
    units: StreamUnit[],
    position: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    flags: number,
  ): void {
    const piece = this.#piece
    this.#begin(null, piece.packet.number, piece.packet.timeNs, true)
    const consumed = attached.dissector.dissect(piece, bytes, offset, offset + length) - offset
    if (piece.need === NEED_NOTHING) return
    const messageStart = piece.messageStart < 0 ? consumed : piece.messageStart - offset
    const unit = this.#openUnit(units, position + messageStart, position + length)
    unit.keptFrom = position + consumed
    this.#keep(attached, units, unit, bytes, offset + consumed, length - consumed, flags)
  }

  /** Stores what is left over from a dissection for the time when the rest has come. */
  #keep(
    attached: Attached,
    units: StreamUnit[],
    unit: StreamUnit,
    bytes: Uint8Array,
    offset: number,
    length: number,
    flags: number,
  ): void {
    if (!this.#piece.skipContent && length > 0 && !this.#store(unit, unit.keptFrom, bytes, offset, length)) {
      unit.isDone = true
      unit.end = unit.next
      return
    }
    this.#await(attached, units, unit, flags)
  }

  /** Makes a unit wait for what the dissector asked for. */
  #await(attached: Attached, units: StreamUnit[], unit: StreamUnit, flags: number): void {
    const { need, skipContent, context, packet } = this.#piece
    unit.isDone = false
    unit.context = context
    unit.lastFrame = packet.number
    unit.takesWholeSegment = need === NEED_ONE_MORE_SEGMENT
    unit.isUntilFin = need === NEED_UNTIL_FIN
    unit.end = unit.isUntilFin ? Number.POSITIVE_INFINITY : unit.next + (need > 0 ? need : 1)
    unit.isSkipped = skipContent
    if (skipContent) unit.keptFrom = unit.next
    if (unit.isUntilFin && (flags & SegmentFlag.fin) !== 0) this.#deliver(attached, units, unit, flags)
  }

  #openUnit(units: StreamUnit[], start: number, next: number): StreamUnit {
    if (units.length >= MAX_UNITS) {
      const oldest = units.shift()!
      if (!oldest.isDone && !oldest.isSkipped) this.droppedBytes += oldest.next - oldest.keptFrom
      this.#storedBytes -= oldest.release()
    }
    const unit = new StreamUnit(start, next, this.#piece.packet.number, this.#piece.packet.timeNs)
    units.push(unit)
    return unit
  }

  #begin(context: object | null, firstFrame: number, firstTimeNs: number, canWait: boolean): void {
    const piece = this.#piece
    piece.context = context
    piece.firstFrame = firstFrame
    piece.firstTimeNs = firstTimeNs
    piece.canWait = canWait
    piece.need = NEED_NOTHING
    piece.skipContent = false
    piece.messageStart = -1
    piece.skippedBytes = 0
  }
}

/** The common case inside a large body: counts the segment and is done. */
function passesUnseen(unit: StreamUnit, position: number, length: number, frame: number): boolean {
  if (
    !unit.isSkipped ||
    unit.isDone ||
    position !== unit.next ||
    position + length >= unit.end ||
    unit.islands.length > 0
  )
    return false
  unit.next = position + length
  unit.lastFrame = frame
  return true
}

/** The unit that begins at the position, or the one with the greatest start before it; the newest of equals. */
function findUnit(units: readonly StreamUnit[], position: number): StreamUnit | undefined {
  let found: StreamUnit | undefined
  for (const unit of units) {
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
    context: null,
    messageStart: -1,
  }
}
