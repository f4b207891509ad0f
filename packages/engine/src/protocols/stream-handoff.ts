import type { Packet } from '../packet.ts'
import { markProtocol } from '../protocol-set.ts'
import type { DissectorChooser, StreamProtocol } from './choose-dissector.ts'
import { catchUpRecords, recordUnderWay } from './records-passed.ts'
import { SegmentFlag } from './segment-flags.ts'
import { type AssemblyLimits, type AttachedDissector, NOT_DISSECTED, StreamAssembly } from './stream-assembly.ts'
import type { StreamConnections } from './stream-connections.ts'
import { newestOf, type StreamUnit } from './stream-unit.ts'

/** Repeats are not passed on; a spurious one that was cut is, as only reassembly knows that it was there before. */
const NOT_PASSED_ON = SegmentFlag.plainRetransmission
const NOT_REASSEMBLED = SegmentFlag.plainRetransmission | SegmentFlag.spuriousRetransmission

/** Values of the verdict slot of a connection. */
const UNKNOWN = 0
const ATTACHED = 1
const GUESS_ONLY = 2
const FOREIGN = 3

/**
 * Hands TCP payload to the dissector of its connection the way tshark 4.0 does by default: in order of arrival, messages over several
 * segments put together, repeats left out, out-of-order segments used only inside a message already under way.
 */
export class StreamHandoff {
  readonly #chooser: DissectorChooser
  readonly #assembly: StreamAssembly
  #verdicts = new Uint8Array(1024)
  readonly #attached: (AttachedDissector | undefined)[] = []
  readonly #connections: StreamConnections

  constructor(chooser: DissectorChooser, limits: AssemblyLimits, connections: StreamConnections) {
    this.#chooser = chooser
    this.#connections = connections
    this.#assembly = new StreamAssembly(limits)
  }

  /** Bytes of messages given up because too much was waiting. */
  get droppedBytes(): number {
    return this.#assembly.droppedBytes
  }

  /**
   * Takes one TCP segment, after its analysis. Empty segments matter only with FIN. Costs a few integer operations while the connection
   * interests nobody or its bytes are inside a message whose content nobody reads.
   *
   * @param connection small integer naming the connection until {@link release}.
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

    const piece = this.#assembly.piece
    piece.packet = packet
    piece.stream = stream
    piece.direction = direction
    piece.sourcePort = sourcePort
    piece.destinationPort = destinationPort
    piece.isOver = false
    const position = (flags & SegmentFlag.syn) === 0 ? sequence : sequence + 1
    if (capturedLength <= 0) {
      const units = attached!.units[direction]
      this.#catchUpSkipped(connection, direction, units)
      this.#assembly.finishUntilFin(attached!, units, flags)
      return
    }
    if ((flags & ((flags & SegmentFlag.whole) !== 0 ? NOT_REASSEMBLED : NOT_PASSED_ON)) !== 0) return
    if (attached !== undefined) {
      const units = attached.units[direction]
      this.#catchUp(connection, direction, units)
      const opaque = attached.opaque[direction]
      if (opaque >= 0 && (flags & NOT_DISSECTED) === 0 && liesBehind(units, position)) {
        markProtocol(packet, opaque)
        return
      }
      const newest = newestOf(units)
      if (
        newest !== undefined &&
        flags === SegmentFlag.whole &&
        passesUnseen(newest, position, capturedLength, packet.number)
      ) {
        this.#tellInterest(connection, direction, attached, position)
        return
      }
      if ((flags & SegmentFlag.whole) !== 0)
        this.#assembly.feed(attached, units, position, bytes, start, capturedLength, flags)
      else if ((flags & NOT_DISSECTED) === 0) this.#assembly.dissectCut(attached, bytes, start, start + capturedLength)
      this.#tellInterest(connection, direction, attached, position)
      return
    }
    if ((flags & NOT_DISSECTED) !== 0) return
    const opened = this.#attach(connection, verdict, bytes, start, start + capturedLength)
    if (opened === undefined) return
    if ((flags & SegmentFlag.whole) !== 0) {
      this.#assembly.feed(opened, opened.units[direction], position, bytes, start, capturedLength, flags)
    } else this.#assembly.dissectCut(opened, bytes, start, start + capturedLength)
    this.#tellInterest(connection, direction, opened, position)
  }

  /** Takes the payload of a segment that an ICMP error quotes: it is looked at once and changes no reassembly. */
  quotedSegment(
    connection: number,
    direction: 0 | 1,
    stream: number,
    packet: Packet,
    sourcePort: number,
    destinationPort: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const verdict = connection < this.#verdicts.length ? this.#verdicts[connection]! : UNKNOWN
    if (verdict === FOREIGN || start >= end) return
    const piece = this.#assembly.piece
    piece.packet = packet
    piece.stream = stream
    piece.direction = direction
    piece.sourcePort = sourcePort
    piece.destinationPort = destinationPort
    const attached =
      verdict === ATTACHED ? this.#attached[connection] : this.#attach(connection, verdict, bytes, start, end)
    this.#assembly.begin(null, packet.number, packet.timeNs, false)
    attached?.dissector.quoted?.(piece, bytes, start, end)
  }

  /** Forgets a connection; its number may be used again. */
  release(connection: number): void {
    if (connection < this.#verdicts.length) this.#verdicts[connection] = UNKNOWN
    this.#connections.readAll(connection)
    const attached = this.#attached[connection]
    if (attached === undefined) return
    this.#assembly.release(attached)
    this.#attached[connection] = undefined
  }

  #attach(
    connection: number,
    verdict: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): AttachedDissector | undefined {
    const { sourcePort, destinationPort } = this.#assembly.piece
    let protocol: StreamProtocol | undefined
    if (verdict === UNKNOWN) {
      const owner = this.#chooser.byPort(
        this.#connections.serverPort(connection),
        sourcePort,
        destinationPort,
        bytes,
        start,
        end,
      )
      if (owner === 'foreign') this.#setVerdict(connection, FOREIGN)
      else if (owner === 'nobody') this.#setVerdict(connection, GUESS_ONLY)
      else if (owner !== 'refused') protocol = owner
      if (owner === 'foreign') return undefined
    }
    protocol ??= this.#chooser.byContent(bytes, start, end)
    if (protocol === undefined) return undefined
    const attached: AttachedDissector = { dissector: protocol.open(), units: [[], []], opaque: [-1, -1] }
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
    if (verdict === FOREIGN) this.#connections.passAll(connection)
  }

  /** Brings the units to where their direction was passed over meanwhile. */
  #catchUp(connection: number, direction: number, units: StreamUnit[]): void {
    const passed = this.#connections.recordsPassed(connection, direction)
    if (passed !== null) catchUpRecords(units, passed)
    else this.#catchUpSkipped(connection, direction, units)
  }

  #catchUpSkipped(connection: number, direction: number, units: StreamUnit[]): void {
    const skippedTo = this.#connections.skippedTo(connection, direction)
    if (skippedTo >= 0) units[units.length - 1]!.next = skippedTo
  }

  /** Says which segments of a direction need not be shown any more, after the one at `position`. */
  #tellInterest(connection: number, direction: 0 | 1, attached: AttachedDissector, position: number): void {
    if (this.#assembly.piece.isOver) {
      this.release(connection)
      this.#setVerdict(connection, FOREIGN)
      return
    }
    const units = attached.units[direction]
    const opaque = attached.opaque[direction]
    if (opaque >= 0 && units.every((unit) => unit.isDone)) {
      const from = units.reduce((end, unit) => Math.max(end, unit.end), 0)
      this.#connections.name(connection, direction, opaque, from)
      return
    }
    const { recordProtocol, marksWhatIsNoRecord } = attached.dissector
    const record = recordProtocol === undefined ? null : recordUnderWay(units, position)
    if (record !== null) {
      const { start, next, end } = record
      this.#connections.passRecords(connection, direction, recordProtocol!, marksWhatIsNoRecord!, start, next, end)
      return
    }
    const newest = newestOf(units)
    if (newest?.isSkipped && !newest.isDone && newest.islands.length === 0)
      this.#connections.skip(connection, direction, newest.next, newest.end)
    else this.#connections.read(connection, direction)
    if (waitsForFin(units)) this.#connections.hearFin(connection, direction)
  }
}

function waitsForFin(units: readonly StreamUnit[]): boolean {
  for (const unit of units) if (unit.isUntilFin && !unit.isDone) return true
  return false
}

/** True when the position lies behind everything that was put together so far. */
function liesBehind(units: readonly StreamUnit[], position: number): boolean {
  for (const unit of units) if (!unit.isDone || position < unit.end) return false
  return true
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
