import type { Packet } from '../packet.ts'
import type { ByteWindow } from './byte-window.ts'
import { type CaptureInterface, type CaptureMetadata, newInterface, newMetadata } from './metadata.ts'
import { maxPacketLength } from './packet-length.ts'
import type { PcapHeader } from './pcap-header.ts'
import { chooseRecordHeaderLength } from './pcap-variant.ts'
import { READ_END, READ_MORE, READ_PACKET, type ReadResult, type RecordReader } from './record-reader.ts'
import type { RecordShape, RecordWalker } from './record-walker.ts'

const RECORD_HEADER_BYTES = 16
const LINKTYPE_ETHERNET = 1

/** Walks classic pcap (draft-ietf-opsawg-pcap §5) from the first record on; the file header must have been read. */
export class PcapReader implements RecordReader {
  readonly metadata: CaptureMetadata
  #header: PcapHeader
  #interface: CaptureInterface
  #littleEndian: boolean
  #unitsPerSecond: number
  #nanosecondsPerUnit: number
  #neverSwapped: boolean
  #maxCaptured: number
  private nextNumber: number
  /** 0 until the first records have told which variant this is. */
  private recordHeaderLength = 0
  /** False once a record had a fraction of a second that is none: such files are read by the host alone. */
  private isSane = true
  readonly #shape: RecordShape

  /** `firstNumber` is the number of the first packet. */
  constructor(header: PcapHeader, firstNumber = 1) {
    this.#header = header
    this.#littleEndian = header.littleEndian
    this.#unitsPerSecond = header.unitsPerSecond
    this.#nanosecondsPerUnit = 1_000_000_000 / header.unitsPerSecond
    this.#neverSwapped = header.lengthsSwapped === 'never'
    this.#maxCaptured = maxPacketLength(header.linkType)
    this.nextNumber = firstNumber
    this.#shape = {
      isEnhanced: false,
      interfaceIndex: 0,
      littleEndian: this.#littleEndian,
      unitsPerSecond: this.#unitsPerSecond,
      nanosecondsPerUnit: this.#nanosecondsPerUnit,
      mostCaptured: this.#maxCaptured,
      linkType: header.linkType,
    }
    this.#interface = newInterface(0, 0, header.linkType, header.snapLength)
    this.#interface.ticksPerSecond = header.unitsPerSecond
    this.metadata = newMetadata(header.format, header.littleEndian ? 'little' : 'big')
    this.metadata.interfaces.push(this.#interface)
    this.metadata.end.lastFrame = firstNumber - 1
  }

  next(window: ByteWindow, packet: Packet): ReadResult {
    const headerLength = this.recordHeaderLength
    if (headerLength === 0) return this.#chooseVariant(window) ? this.next(window, packet) : READ_MORE
    const start = window.start
    const loaded = window.end - start
    if (loaded < headerLength) return this.#wait(window, loaded === 0)
    const view = window.view
    const littleEndian = this.#littleEndian
    let captured = view.getInt32(start + 8, littleEndian) >>> 0
    let wire = view.getInt32(start + 12, littleEndian) >>> 0
    if (!this.#neverSwapped && (captured > wire || this.#header.lengthsSwapped === 'always')) {
      const first = captured
      captured = wire
      wire = first
    }
    if (captured > this.#maxCaptured) return this.#damaged(window, captured)
    if (loaded < headerLength + captured) return this.#wait(window, false)

    let seconds = view.getInt32(start, littleEndian) >>> 0
    let fraction = view.getInt32(start + 4, littleEndian) >>> 0
    let carriedSeconds = 0
    if (fraction >= this.#unitsPerSecond) {
      carriedSeconds = Math.floor(fraction / this.#unitsPerSecond)
      seconds += carriedSeconds
      fraction %= this.#unitsPerSecond
      this.isSane = false
    }
    packet.number = this.nextNumber++
    packet.seconds = seconds
    packet.nanoseconds = fraction * this.#nanosecondsPerUnit
    packet.carriedSeconds = carriedSeconds
    packet.hasTime = true
    packet.linkType = this.#header.linkType
    packet.interfaceIndex = 0
    packet.fcsLength = this.#header.fcsLength
    packet.bytes = window.bytes
    packet.view = view
    packet.start = start + headerLength
    packet.end = start + headerLength + captured
    packet.capturedLength = captured
    packet.wireLength = wire
    this.#interface.packets++
    window.start = packet.end
    return READ_PACKET
  }

  walk(window: ByteWindow, walker: RecordWalker): void {
    if (this.recordHeaderLength !== RECORD_HEADER_BYTES || !this.isSane) return
    if (this.#header.linkType !== LINKTYPE_ETHERNET || this.#header.lengthsSwapped === 'always') return
    const taken = walker.walk(window, this.#shape, this.nextNumber)
    this.nextNumber += taken
    this.#interface.packets += taken
  }

  #chooseVariant(window: ByteWindow): boolean {
    const length = chooseRecordHeaderLength(window, this.#header)
    if (length === 0) return false
    if (length !== this.#header.recordHeaderLengths[0]) this.metadata.format += ` with ${length}-byte record headers`
    this.recordHeaderLength = length
    return true
  }

  #wait(window: ByteWindow, atBoundary: boolean): ReadResult {
    if (!window.ended) return READ_MORE
    if (atBoundary) return this.#end(window, 'ok', null)
    return this.#end(window, 'truncated', `the file ends in the middle of packet ${this.nextNumber}`)
  }

  #damaged(window: ByteWindow, captured: number): ReadResult {
    const limit = this.#maxCaptured
    return this.#end(
      window,
      'damaged',
      `packet ${this.nextNumber} claims ${captured} captured bytes, more than ${limit}`,
    )
  }

  #end(window: ByteWindow, status: 'ok' | 'truncated' | 'damaged', reason: string | null): ReadResult {
    const end = this.metadata.end
    end.status = status
    end.reason = reason
    end.byteOffset = window.position
    end.lastFrame = this.nextNumber - 1
    return READ_END
  }
}
