import type { Packet } from '../packet.ts'
import type { ByteWindow } from './byte-window.ts'
import { CaptureText } from './capture-text.ts'
import { type CaptureMetadata, newMetadata } from './metadata.ts'
import { maxPacketLength } from './packet-length.ts'
import { type PcapngInterface, readInterface, readStatistics } from './pcapng-interface.ts'
import { readNames } from './pcapng-names.ts'
import { OptionCursor } from './pcapng-options.ts'
import {
  keepComment,
  readSectionHeader,
  SECTION_HEADER_BLOCK,
  sectionByteOrder,
  unknownSectionVersion,
} from './pcapng-section.ts'
import { READ_END, READ_MORE, READ_PACKET, type ReadResult, type RecordReader } from './record-reader.ts'
import type { RecordShape, RecordWalker } from './record-walker.ts'

const INTERFACE_DESCRIPTION = 1
const OBSOLETE_PACKET = 2
const SIMPLE_PACKET = 3
const NAME_RESOLUTION = 4
const INTERFACE_STATISTICS = 5
const ENHANCED_PACKET = 6
const DECRYPTION_SECRETS = 0x0a

const LINKTYPE_ETHERNET = 1
const MIN_BLOCK_LENGTH = 12
/** Room for options and headers around the largest packet; blocks of unknown types may be longer, they are not kept. */
const MAX_BLOCK_LENGTH = 16 << 20
const MAX_INTERFACES = 65_536
const MAX_SKIPPED_TYPES = 1000

const OPTION_COMMENT = 1
const OPTION_FLAGS = 2
const OPTION_DROP_COUNT = 4
const UNKNOWN_DROP_COUNT = 0xffff

/** Walks pcapng (draft-ietf-opsawg-pcapng) from its first Section Header Block on. */
export class PcapngReader implements RecordReader {
  readonly metadata: CaptureMetadata
  #littleEndian: boolean
  #interfaces: PcapngInterface[] = []
  #interfaceCount = 0
  #maxBlockLength = MAX_BLOCK_LENGTH
  #nextNumber: number
  #options = new OptionCursor()
  #text = new CaptureText()
  /** The shape of the packets of the interface that the packet before came from; null where they cannot be walked. */
  #shape: RecordShape | null = null
  /** Bytes left of a block that is skipped without being loaded whole, its trailer excluded. */
  #skipLeft = 0
  /** Total length of the block being skipped, as its header has it; 0 when none is. */
  #skippedLength = 0
  #skippedAt = 0

  /** `firstNumber` is the number of the first packet. */
  constructor(byteOrder: 'little' | 'big', firstNumber = 1) {
    this.#littleEndian = byteOrder === 'little'
    this.#nextNumber = firstNumber
    this.metadata = newMetadata('pcapng', byteOrder)
    this.metadata.sections = 0
    this.metadata.end.lastFrame = firstNumber - 1
  }

  next(window: ByteWindow, packet: Packet): ReadResult {
    for (;;) {
      if (this.#skippedLength !== 0) {
        const waiting = this.#skip(window)
        if (waiting !== null) return waiting
      }
      const start = window.start
      const loaded = window.end - start
      if (loaded < MIN_BLOCK_LENGTH) return this.#wait(window, loaded === 0)
      const view = window.view
      const type = view.getUint32(start, this.#littleEndian)
      if (type === SECTION_HEADER_BLOCK) {
        const byteOrder = sectionByteOrder(window, start)
        if (byteOrder === null) return this.#damaged(window, 'section header block without a byte-order magic')
        this.#littleEndian = byteOrder === 'little'
      }
      const length = view.getUint32(start + 4, this.#littleEndian)
      if (length < MIN_BLOCK_LENGTH) return this.#damaged(window, `block of ${length} bytes, fewer than a block has`)
      if (!isLoadedWhole(type)) {
        this.#beginSkipping(window, type, length)
        continue
      }
      if (length > this.#maxBlockLength)
        return this.#damaged(window, `block of ${length} bytes, more than can be right`)
      // Lengths that are no multiple of 4 occur; the trailer stands where the padding would have put it.
      const end = start + length + (-length & 3)
      if (end > window.end) return this.#wait(window, false)
      const trailer = view.getUint32(end - 4, this.#littleEndian)
      if (trailer !== length && trailer !== end - start) {
        return this.#damaged(window, `block of ${length} bytes whose end says ${trailer}`)
      }
      const problem = this.#readBlock(window, packet, type, start, end)
      if (problem !== null) return this.#damaged(window, problem)
      window.start = end
      if (type === ENHANCED_PACKET || type === SIMPLE_PACKET || type === OBSOLETE_PACKET) {
        this.#nextNumber++
        this.#interfaces[packet.interfaceIndex].told.packets++
        if (this.#shape?.interfaceIndex !== packet.interfaceIndex) this.#shape = this.#shapeOf(packet.interfaceIndex)
        return READ_PACKET
      }
    }
  }

  walk(window: ByteWindow, walker: RecordWalker): void {
    const shape = this.#shape
    if (shape === null || this.#skippedLength !== 0) return
    const taken = walker.walk(window, shape, this.#nextNumber)
    this.#nextNumber += taken
    this.#interfaces[shape.interfaceIndex].told.packets += taken
  }

  /** Only times in whole nanoseconds since 1970, and Ethernet. */
  #shapeOf(interfaceIndex: number): RecordShape | null {
    const { clock, linkType, maxCaptured } = this.#interfaces[interfaceIndex]
    const nanosecondsPerUnit = clock.plainNanosecondsPerTick
    if (nanosecondsPerUnit === 0 || linkType !== LINKTYPE_ETHERNET) return null
    return {
      isEnhanced: true,
      interfaceIndex,
      littleEndian: this.#littleEndian,
      unitsPerSecond: clock.ticksPerSecond,
      nanosecondsPerUnit,
      mostCaptured: maxCaptured,
      linkType,
    }
  }

  /** Reads a block that lies whole in the window; says why it cannot be right, or null. */
  #readBlock(window: ByteWindow, packet: Packet, type: number, start: number, end: number): string | null {
    switch (type) {
      case ENHANCED_PACKET:
        return this.#readEnhancedPacket(window, packet, start, end)
      case SIMPLE_PACKET:
        return this.#readSimplePacket(window, packet, start, end)
      case OBSOLETE_PACKET:
        return this.#readObsoletePacket(window, packet, start, end)
      case SECTION_HEADER_BLOCK:
        return this.#readSection(window, start, end)
      case INTERFACE_DESCRIPTION:
        return this.#readInterface(window, start, end)
      case INTERFACE_STATISTICS:
        return readStatistics(window, start, end, this.#littleEndian, this.#options, this.#interfaces)
      case NAME_RESOLUTION:
        return readNames(window, start, end, this.#littleEndian, this.#text, this.metadata.names)
    }
    return null
  }

  /** Enhanced Packet Block, pcapng draft §4.3. */
  #readEnhancedPacket(window: ByteWindow, packet: Packet, start: number, end: number): string | null {
    if (end - start < 32) return `enhanced packet block of ${end - start} bytes, fewer than 32`
    const view = window.view
    const littleEndian = this.#littleEndian
    const index = view.getUint32(start + 8, littleEndian)
    const high = view.getUint32(start + 12, littleEndian)
    const low = view.getUint32(start + 16, littleEndian)
    const captured = view.getUint32(start + 20, littleEndian)
    const wire = view.getUint32(start + 24, littleEndian)
    const problem = this.#placePacket(window, packet, index, start + 28, end - 4, captured, wire)
    if (problem !== null) return problem
    this.#interfaces[index].clock.stamp(packet, high, low)
    packet.hasTime = true
    return this.#readPacketOptions(window, packet, end - 4)
  }

  /** Obsolete Packet Block, pcapng draft appendix A. */
  #readObsoletePacket(window: ByteWindow, packet: Packet, start: number, end: number): string | null {
    if (end - start < 32) return `packet block of ${end - start} bytes, fewer than 32`
    const view = window.view
    const littleEndian = this.#littleEndian
    const index = view.getUint16(start + 8, littleEndian)
    const drops = view.getUint16(start + 10, littleEndian)
    const high = view.getUint32(start + 12, littleEndian)
    const low = view.getUint32(start + 16, littleEndian)
    const captured = view.getUint32(start + 20, littleEndian)
    const wire = view.getUint32(start + 24, littleEndian)
    const problem = this.#placePacket(window, packet, index, start + 28, end - 4, captured, wire)
    if (problem !== null) return problem
    if (drops !== UNKNOWN_DROP_COUNT) this.metadata.packetDrops += drops
    this.#interfaces[index].clock.stamp(packet, high, low)
    packet.hasTime = true
    return this.#readPacketOptions(window, packet, end - 4)
  }

  /** Simple Packet Block, pcapng draft §4.4: no time, no captured length, always the first interface. */
  #readSimplePacket(window: ByteWindow, packet: Packet, start: number, end: number): string | null {
    if (end - start < 16) return `simple packet block of ${end - start} bytes, fewer than 16`
    const wire = window.view.getUint32(start + 8, this.#littleEndian)
    let captured = Math.min(wire, end - start - 16)
    const snapLength = this.#interfaces[0]?.snapLength ?? 0
    if (snapLength > 0 && captured > snapLength) captured = snapLength
    packet.hasTime = false
    return this.#placePacket(window, packet, 0, start + 12, end - 4, captured, wire)
  }

  #placePacket(
    window: ByteWindow,
    packet: Packet,
    index: number,
    start: number,
    blockEnd: number,
    captured: number,
    wire: number,
  ): string | null {
    if (index >= this.#interfaces.length) {
      return `packet ${this.#nextNumber} names interface ${index}, but ${this.#interfaces.length} are described`
    }
    const from = this.#interfaces[index]
    if (captured > from.maxCaptured) {
      return `packet ${this.#nextNumber} claims ${captured} captured bytes, more than ${from.maxCaptured}`
    }
    if (captured > blockEnd - start) {
      return `packet ${this.#nextNumber} claims ${captured} captured bytes, but its block has ${blockEnd - start}`
    }
    packet.linkType = from.linkType
    packet.fcsLength = from.fcsLength
    packet.interfaceIndex = index
    packet.bytes = window.bytes
    packet.view = window.view
    packet.start = start
    packet.end = start + captured
    packet.capturedLength = captured
    packet.wireLength = wire
    packet.number = this.#nextNumber
    return null
  }

  #readPacketOptions(window: ByteWindow, packet: Packet, end: number): string | null {
    const optionsStart = packet.end + (-packet.capturedLength & 3)
    if (optionsStart >= end) return null
    const options = this.#options
    options.begin(window, optionsStart, end, this.#littleEndian)
    while (options.advance()) {
      if (options.code === OPTION_FLAGS) {
        // Bits 5-8 of the flags are the FCS length in bytes, 0 when the file does not know it (pcapng draft §4.3.1).
        const fcsLength = ((options.unsigned(4) ?? 0) >>> 5) & 0xf
        if (fcsLength > 0) packet.fcsLength = fcsLength
      } else if (options.code === OPTION_DROP_COUNT) {
        this.metadata.packetDrops += options.unsigned(8) ?? 0
      } else if (options.code === OPTION_COMMENT) {
        keepComment(this.metadata, packet.number, this.#text.read(window.bytes, options.start, options.length))
      }
    }
    return options.problem
  }

  #readSection(window: ByteWindow, start: number, end: number): string | null {
    const version = unknownSectionVersion(window, start, this.#littleEndian)
    if (version !== null) return `section of pcapng version ${version}, which is not known`
    this.#interfaces = []
    this.#shape = null
    return readSectionHeader(window, start, end, this.#littleEndian, this.#options, this.#text, this.metadata)
  }

  #readInterface(window: ByteWindow, start: number, end: number): string | null {
    if (this.#interfaceCount === MAX_INTERFACES) return `more than ${MAX_INTERFACES} interfaces`
    const section = this.metadata.sections - 1
    const index = this.#interfaces.length
    const read = readInterface(window, start, end, this.#littleEndian, this.#options, this.#text, section, index)
    if (typeof read === 'string') return read
    this.#interfaceCount++
    this.#interfaces.push(read)
    this.metadata.interfaces.push(read.told)
    this.#maxBlockLength = Math.max(this.#maxBlockLength, MAX_BLOCK_LENGTH + maxPacketLength(read.linkType))
    return null
  }

  #beginSkipping(window: ByteWindow, type: number, length: number): void {
    this.#skippedLength = length
    this.#skippedAt = window.position
    this.#skipLeft = length + (-length & 3) - 4
    if (type === DECRYPTION_SECRETS) {
      this.metadata.decryptionSecrets++
      return
    }
    const name = `0x${type.toString(16).padStart(8, '0')}`
    const skipped = this.metadata.skippedBlocks
    const count = skipped.get(name) ?? 0
    if (count > 0 || skipped.size < MAX_SKIPPED_TYPES) skipped.set(name, count + 1)
  }

  /** Passes over what is loaded of the block being skipped; null once it is behind. */
  #skip(window: ByteWindow): ReadResult | null {
    const loaded = Math.min(window.available, this.#skipLeft)
    window.start += loaded
    this.#skipLeft -= loaded
    if (window.available < 4) return this.#wait(window, false)
    const length = this.#skippedLength
    const trailer = window.view.getUint32(window.start, this.#littleEndian)
    if (trailer !== length && trailer !== length + (-length & 3)) {
      return this.#damaged(window, `block of ${length} bytes whose end says ${trailer}`)
    }
    window.start += 4
    this.#skippedLength = 0
    return null
  }

  #wait(window: ByteWindow, atBoundary: boolean): ReadResult {
    if (!window.ended) return READ_MORE
    if (atBoundary) return this.#end(window, 'ok', null)
    return this.#end(window, 'truncated', `the file ends in the middle of a block after packet ${this.#nextNumber - 1}`)
  }

  #damaged(window: ByteWindow, reason: string): ReadResult {
    return this.#end(window, 'damaged', reason)
  }

  #end(window: ByteWindow, status: 'ok' | 'truncated' | 'damaged', reason: string | null): ReadResult {
    const end = this.metadata.end
    end.status = status
    end.reason = reason
    end.byteOffset = this.#skippedLength === 0 ? window.position : this.#skippedAt
    end.lastFrame = this.#nextNumber - 1
    return READ_END
  }
}

function isLoadedWhole(type: number): boolean {
  return (type >= INTERFACE_DESCRIPTION && type <= ENHANCED_PACKET) || type === SECTION_HEADER_BLOCK
}
