import { uint16 } from '../decode/cursor.ts'
import type { Packet } from '../packet.ts'
import { ipv4Text, macText } from '../text/addresses.ts'

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
const UNSPECIFIED_MAC = '00:00:00:00:00:00'
const BROADCAST_MAC = 'ff:ff:ff:ff:ff:ff'

/**
 * Reads ARP messages and remembers which hardware address each IPv4 address was first seen with: senders of requests, both ends of
 * replies. That first owner stays, so that a spoofer does not become the rightful one by repetition.
 */
export class ArpTable {
  /** Addresses not remembered because the table was full. */
  dropped = 0
  private readonly owners = new Map<string, string>()

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
    const mac = (at: number) => (isWhole && hasMac ? macText(data, at) : null)
    const address = (at: number) => (isWhole && hasIpv4 ? ipv4Text(packet.dataView.getInt32(at)) : null)
    const message = {
      frame: packet.number,
      timeNs: packet.timeNs,
      opcode: uint16(data, offset + 6),
      senderMac: mac(sender),
      senderAddress: address(sender + data[offset + 4]),
      targetMac: mac(target),
      targetAddress: address(target + data[offset + 4]),
    }
    return {
      ...message,
      isGratuitous: message.senderAddress !== null && message.senderAddress === message.targetAddress,
      isDuplicateAddress: this.isDuplicate(message),
    }
  }

  private isDuplicate(message: Omit<ArpMessage, 'isGratuitous' | 'isDuplicateAddress'>): boolean {
    if (message.opcode !== REQUEST && message.opcode !== REPLY) return false
    const ofSender = this.isOwnedByOther(message.senderAddress, message.senderMac)
    const ofTarget = message.opcode === REPLY && this.isOwnedByOther(message.targetAddress, message.targetMac)
    return ofSender || ofTarget
  }

  private isOwnedByOther(address: string | null, mac: string | null): boolean {
    if (address === null || mac === null || address === '0.0.0.0') return false
    if (mac === UNSPECIFIED_MAC || mac === BROADCAST_MAC) return false
    const owner = this.owners.get(address)
    if (owner !== undefined) return owner !== mac
    if (this.owners.size < MOST_ADDRESSES) this.owners.set(address, mac)
    else this.dropped++
    return false
  }
}
