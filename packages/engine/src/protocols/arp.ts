import { int32, uint16 } from '../decode/cursor.ts'
import type { Packet } from '../packet.ts'
import { ipv4Text, macText } from '../text/addresses.ts'
import { AgingSlots } from './aging-slots.ts'

/** One ARP or RARP message (RFC 826, RFC 903). Addresses of other kinds than Ethernet and IPv4 are null. */
export interface ArpMessage {
  readonly frame: number
  readonly timeNs: number
  readonly opcode: number
  readonly senderMac: string | null
  readonly senderAddress: string | null
  readonly targetMac: string | null
  readonly targetAddress: string | null
  /** The sender announces its own address (RFC 5227 §1.2). */
  readonly isGratuitous: boolean
  /** An address in it was first seen with another hardware address. */
  readonly isDuplicateAddress: boolean
}

const HARDWARE_ETHERNET = 1
const HARDWARE_IEEE802 = 6
const PROTOCOL_IPV4 = 0x0800
const REQUEST = 1
const REPLY = 2
const FIXED_BYTES = 8
const MOST_ADDRESSES = 1 << 16
const UNSPECIFIED_MAC = 0

/**
 * Reads ARP messages and remembers which hardware address each IPv4 address was first seen with: senders of requests, both ends of
 * replies. That first owner stays, so that a spoofer does not become the rightful one by repetition.
 */
export class ArpTable {
  /** Addresses not remembered because the table was full. */
  dropped = 0
  private readonly addresses = new AgingSlots(MOST_ADDRESSES)
  /** By the slot of an address: the hardware address of its owner as a number of 48 bits. */
  private readonly owners: number[] = []

  /** Reads the message at the packet's cursor; null when not even its fixed part was captured. */
  take(packet: Packet): ArpMessage | null {
    const { data, offset, dataEnd } = packet
    if (offset + FIXED_BYTES > dataEnd) return null
    const hardware = uint16(data, offset)
    const hasMac = (hardware === HARDWARE_ETHERNET || hardware === HARDWARE_IEEE802) && data[offset + 4] === 6
    const hasIpv4 = uint16(data, offset + 2) === PROTOCOL_IPV4 && data[offset + 5] === 4
    const sender = offset + FIXED_BYTES
    const target = sender + data[offset + 4] + data[offset + 5]
    const end = target + data[offset + 4] + data[offset + 5]
    const isWhole = end <= dataEnd
    const showsMacs = isWhole && hasMac
    const showsAddresses = isWhole && hasIpv4
    const senderAddress = sender + data[offset + 4]
    const targetAddress = target + data[offset + 4]
    const opcode = uint16(data, offset + 6)
    const isKnowable = showsMacs && showsAddresses && (opcode === REQUEST || opcode === REPLY)
    const ofSender = isKnowable && this.isOwnedByOther(packet, senderAddress, sender)
    const ofTarget = isKnowable && opcode === REPLY && this.isOwnedByOther(packet, targetAddress, target)
    return {
      frame: packet.number,
      timeNs: packet.timeNs,
      opcode,
      senderMac: showsMacs ? macText(data, sender) : null,
      senderAddress: showsAddresses ? ipv4Text(int32(data, senderAddress)) : null,
      targetMac: showsMacs ? macText(data, target) : null,
      targetAddress: showsAddresses ? ipv4Text(int32(data, targetAddress)) : null,
      isGratuitous: showsAddresses && int32(data, senderAddress) === int32(data, targetAddress),
      isDuplicateAddress: ofSender || ofTarget,
    }
  }

  /** True when the address was first seen with another hardware address than the one at `macStart`. */
  private isOwnedByOther(packet: Packet, addressStart: number, macStart: number): boolean {
    const { data } = packet
    const address = int32(data, addressStart)
    const mac = uint16(data, macStart) * 2 ** 32 + (int32(data, macStart + 2) >>> 0)
    if (address === 0 || mac === UNSPECIFIED_MAC || isGroupAddress(data, macStart)) return false
    const slot = this.addresses.find(address, 0)
    if (slot >= 0) return this.owners[slot] !== mac
    if (this.addresses.isFull) this.dropped++
    else this.owners[this.addresses.add(address, 0)] = mac
    return false
  }
}

/** Multicast and broadcast addresses belong to nobody (IEEE 802 §8.2). */
function isGroupAddress(bytes: Uint8Array, at: number): boolean {
  return (bytes[at]! & 1) === 1
}
