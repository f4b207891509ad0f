import type { Packet } from '../packet.ts'
import type { ByteWindow } from './byte-window.ts'
import type { CaptureText } from './capture-text.ts'
import type { CaptureMetadata } from './metadata.ts'
import type { PcapngInterface } from './pcapng-interface.ts'
import type { OptionCursor } from './pcapng-options.ts'
import { keepComment } from './pcapng-section.ts'

const OBSOLETE_PACKET = 2
const SIMPLE_PACKET = 3
const ENHANCED_PACKET = 6

const OPTION_COMMENT = 1
const OPTION_FLAGS = 2
const OPTION_DROP_COUNT = 4
const UNKNOWN_DROP_COUNT = 0xffff

/** True for the types of blocks that hold a packet. */
export function isPacketBlock(type: number): boolean {
  return type === ENHANCED_PACKET || type === SIMPLE_PACKET || type === OBSOLETE_PACKET
}

/** Reads the blocks of pcapng that hold packets, of the section that is under way. */
export class PcapngPackets {
  littleEndian: boolean
  interfaces: PcapngInterface[] = []
  /** Number of the next packet. */
  nextNumber: number
  private readonly metadata: CaptureMetadata
  private readonly options: OptionCursor
  private readonly text: CaptureText

  constructor(
    littleEndian: boolean,
    firstNumber: number,
    metadata: CaptureMetadata,
    options: OptionCursor,
    text: CaptureText,
  ) {
    this.littleEndian = littleEndian
    this.nextNumber = firstNumber
    this.metadata = metadata
    this.options = options
    this.text = text
  }

  /** Reads a block that lies whole in the window into the packet, which counts from then on; says why it cannot be right, or null. */
  read(window: ByteWindow, packet: Packet, type: number, start: number, end: number): string | null {
    const problem = this.#readBlock(window, packet, type, start, end)
    if (problem !== null) return problem
    this.nextNumber++
    this.interfaces[packet.interfaceIndex].told.packets++
    return null
  }

  #readBlock(window: ByteWindow, packet: Packet, type: number, start: number, end: number): string | null {
    if (type === ENHANCED_PACKET) return this.#readEnhancedPacket(window, packet, start, end)
    if (type === SIMPLE_PACKET) return this.#readSimplePacket(window, packet, start, end)
    return this.#readObsoletePacket(window, packet, start, end)
  }

  /** Enhanced Packet Block, pcapng draft §4.3. */
  #readEnhancedPacket(window: ByteWindow, packet: Packet, start: number, end: number): string | null {
    if (end - start < 32) return `enhanced packet block of ${end - start} bytes, fewer than 32`
    return this.#readTimedPacket(window, packet, window.view.getUint32(start + 8, this.littleEndian), start, end)
  }

  /** Obsolete Packet Block, pcapng draft appendix A. */
  #readObsoletePacket(window: ByteWindow, packet: Packet, start: number, end: number): string | null {
    if (end - start < 32) return `packet block of ${end - start} bytes, fewer than 32`
    const index = window.view.getUint16(start + 8, this.littleEndian)
    const drops = window.view.getUint16(start + 10, this.littleEndian)
    const problem = this.#readTimedPacket(window, packet, index, start, end)
    if (problem === null && drops !== UNKNOWN_DROP_COUNT) this.metadata.packetDrops += drops
    return problem
  }

  /** What both have behind the index of the interface: time, lengths, the packet and options. */
  #readTimedPacket(window: ByteWindow, packet: Packet, index: number, start: number, end: number): string | null {
    const { view } = window
    const { littleEndian } = this
    const high = view.getUint32(start + 12, littleEndian)
    const low = view.getUint32(start + 16, littleEndian)
    const captured = view.getUint32(start + 20, littleEndian)
    const wire = view.getUint32(start + 24, littleEndian)
    const problem = this.#placePacket(window, packet, index, start + 28, end - 4, captured, wire)
    if (problem !== null) return problem
    this.interfaces[index].clock.stamp(packet, high, low)
    packet.hasTime = true
    return this.#readPacketOptions(window, packet, end - 4)
  }

  /** Simple Packet Block, pcapng draft §4.4: no time, no captured length, always the first interface. */
  #readSimplePacket(window: ByteWindow, packet: Packet, start: number, end: number): string | null {
    if (end - start < 16) return `simple packet block of ${end - start} bytes, fewer than 16`
    const wire = window.view.getUint32(start + 8, this.littleEndian)
    let captured = Math.min(wire, end - start - 16)
    const snapLength = this.interfaces[0]?.snapLength ?? 0
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
    if (index >= this.interfaces.length) {
      return `packet ${this.nextNumber} names interface ${index}, but ${this.interfaces.length} are described`
    }
    const from = this.interfaces[index]
    if (captured > from.maxCaptured) {
      return `packet ${this.nextNumber} claims ${captured} captured bytes, more than ${from.maxCaptured}`
    }
    if (captured > blockEnd - start) {
      return `packet ${this.nextNumber} claims ${captured} captured bytes, but its block has ${blockEnd - start}`
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
    packet.number = this.nextNumber
    return null
  }

  #readPacketOptions(window: ByteWindow, packet: Packet, end: number): string | null {
    const optionsStart = packet.end + (-packet.capturedLength & 3)
    if (optionsStart >= end) return null
    const options = this.options
    options.begin(window, optionsStart, end, this.littleEndian)
    while (options.advance()) {
      if (options.code === OPTION_FLAGS) {
        // Bits 5-8 of the flags are the FCS length in bytes, 0 when the file does not know it (pcapng draft §4.3.1).
        const fcsLength = ((options.unsigned(4) ?? 0) >>> 5) & 0xf
        if (fcsLength > 0) packet.fcsLength = fcsLength
      } else if (options.code === OPTION_DROP_COUNT) {
        this.metadata.packetDrops += options.unsigned(8) ?? 0
      } else if (options.code === OPTION_COMMENT) {
        keepComment(this.metadata, packet.number, this.text.read(window.bytes, options.start, options.length))
      }
    }
    return options.problem
  }
}
