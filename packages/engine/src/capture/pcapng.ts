import type { Packet } from '../packet.ts'
import type { ByteWindow } from './byte-window.ts'
import { CaptureText } from './capture-text.ts'
import { type CaptureMetadata, newMetadata } from './metadata.ts'
import { maxPacketLength } from './packet-length.ts'
import { readInterface, readStatistics } from './pcapng-interface.ts'
import { readNames } from './pcapng-names.ts'
import { OptionCursor } from './pcapng-options.ts'
import { isPacketBlock, PcapngPackets } from './pcapng-packets.ts'
import { readSectionHeader, SECTION_HEADER_BLOCK, sectionByteOrder, unknownSectionVersion } from './pcapng-section.ts'
import { READ_END, READ_MORE, READ_PACKET, type ReadResult, type RecordReader } from './record-reader.ts'
import type { RecordShape, RecordWalker } from './record-walker.ts'

const INTERFACE_DESCRIPTION = 1
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

/** Walks pcapng (draft-ietf-opsawg-pcapng) from its first Section Header Block on. */
export class PcapngReader implements RecordReader {
  readonly metadata: CaptureMetadata
  #interfaceCount = 0
  #maxBlockLength = MAX_BLOCK_LENGTH
  readonly #packets: PcapngPackets
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
    this.metadata = newMetadata('pcapng', byteOrder)
    this.#packets = new PcapngPackets(byteOrder === 'little', firstNumber, this.metadata, this.#options, this.#text)
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
      const type = view.getUint32(start, this.#packets.littleEndian)
      if (type === SECTION_HEADER_BLOCK) {
        const byteOrder = sectionByteOrder(window, start)
        if (byteOrder === null) return this.#damaged(window, 'section header block without a byte-order magic')
        this.#packets.littleEndian = byteOrder === 'little'
      }
      const length = view.getUint32(start + 4, this.#packets.littleEndian)
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
      const trailer = view.getUint32(end - 4, this.#packets.littleEndian)
      if (trailer !== length && trailer !== end - start) {
        return this.#damaged(window, `block of ${length} bytes whose end says ${trailer}`)
      }
      const isPacket = isPacketBlock(type)
      const problem = isPacket
        ? this.#packets.read(window, packet, type, start, end)
        : this.#readBlock(window, type, start, end)
      if (problem !== null) return this.#damaged(window, problem)
      window.start = end
      if (isPacket) {
        if (this.#shape?.interfaceIndex !== packet.interfaceIndex) this.#shape = this.#shapeOf(packet.interfaceIndex)
        return READ_PACKET
      }
    }
  }

  walk(window: ByteWindow, walker: RecordWalker): void {
    const shape = this.#shape
    if (shape === null || this.#skippedLength !== 0) return
    const taken = walker.walk(window, shape, this.#packets.nextNumber)
    this.#packets.nextNumber += taken
    this.#packets.interfaces[shape.interfaceIndex].told.packets += taken
  }

  /** Only times in whole nanoseconds since 1970, and Ethernet. */
  #shapeOf(interfaceIndex: number): RecordShape | null {
    const { clock, linkType, maxCaptured } = this.#packets.interfaces[interfaceIndex]
    const nanosecondsPerUnit = clock.plainNanosecondsPerTick
    if (nanosecondsPerUnit === 0 || linkType !== LINKTYPE_ETHERNET) return null
    return {
      isEnhanced: true,
      interfaceIndex,
      littleEndian: this.#packets.littleEndian,
      unitsPerSecond: clock.ticksPerSecond,
      nanosecondsPerUnit,
      mostCaptured: maxCaptured,
      linkType,
    }
  }

  /** Reads a block without a packet that lies whole in the window; says why it cannot be right, or null. */
  #readBlock(window: ByteWindow, type: number, start: number, end: number): string | null {
    switch (type) {
      case SECTION_HEADER_BLOCK:
        return this.#readSection(window, start, end)
      case INTERFACE_DESCRIPTION:
        return this.#readInterface(window, start, end)
      case INTERFACE_STATISTICS:
        return readStatistics(window, start, end, this.#packets.littleEndian, this.#options, this.#packets.interfaces)
      case NAME_RESOLUTION:
        return readNames(window, start, end, this.#packets.littleEndian, this.#text, this.metadata.names)
    }
    return null
  }

  #readSection(window: ByteWindow, start: number, end: number): string | null {
    const version = unknownSectionVersion(window, start, this.#packets.littleEndian)
    if (version !== null) return `section of pcapng version ${version}, which is not known`
    this.#packets.interfaces = []
    this.#shape = null
    return readSectionHeader(window, start, end, this.#packets.littleEndian, this.#options, this.#text, this.metadata)
  }

  #readInterface(window: ByteWindow, start: number, end: number): string | null {
    if (this.#interfaceCount === MAX_INTERFACES) return `more than ${MAX_INTERFACES} interfaces`
    const section = this.metadata.sections - 1
    const index = this.#packets.interfaces.length
    const read = readInterface(
      window,
      start,
      end,
      this.#packets.littleEndian,
      this.#options,
      this.#text,
      section,
      index,
    )
    if (typeof read === 'string') return read
    this.#interfaceCount++
    this.#packets.interfaces.push(read)
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
    const trailer = window.view.getUint32(window.start, this.#packets.littleEndian)
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
    return this.#end(
      window,
      'truncated',
      `the file ends in the middle of a block after packet ${this.#packets.nextNumber - 1}`,
    )
  }

  #damaged(window: ByteWindow, reason: string): ReadResult {
    return this.#end(window, 'damaged', reason)
  }

  #end(window: ByteWindow, status: 'ok' | 'truncated' | 'damaged', reason: string | null): ReadResult {
    const end = this.metadata.end
    end.status = status
    end.reason = reason
    end.byteOffset = this.#skippedLength === 0 ? window.position : this.#skippedAt
    end.lastFrame = this.#packets.nextNumber - 1
    return READ_END
  }
}

function isLoadedWhole(type: number): boolean {
  return (type >= INTERFACE_DESCRIPTION && type <= ENHANCED_PACKET) || type === SECTION_HEADER_BLOCK
}
