import { uint16 } from '../decode/cursor.ts'
import type { Packet } from '../packet.ts'
import { ipv4Text, macText } from '../text/addresses.ts'

/** One ARP message about IPv4 over Ethernet (RFC 826). */
export interface ArpMessage {
  readonly frame: number
  readonly timeNs: number
  readonly opcode: number
  readonly senderMac: string
  readonly senderAddress: string
  readonly targetMac: string
  readonly targetAddress: string
  /** The sender announces its own address (RFC 5227 §1.2). */
  readonly isGratuitous: boolean
  /** The sender's address was last announced from another hardware address. */
  readonly isDuplicateAddress: boolean
}

const ETHERNET = 1
const REQUEST = 1
const REPLY = 2
const LENGTH = 28
const MOST_ADDRESSES = 1 << 16

/** Reads ARP messages and remembers which hardware address each IPv4 address belongs to. */
export class ArpTable {
  /** Addresses not remembered because the table was full. */
  dropped = 0
  private readonly owners = new Map<string, string>()

  /** Reads the message at the packet's cursor; null when it is cut or not about IPv4 over Ethernet. */
  take(packet: Packet): ArpMessage | null {
    const { data, offset } = packet
    if (offset + LENGTH > packet.dataEnd) return null
    const isIpv4 = uint16(data, offset + 2) === 0x0800 && data[offset + 4] === 6 && data[offset + 5] === 4
    if (!isIpv4 || (uint16(data, offset) !== ETHERNET && uint16(data, offset) !== 6)) return null
    const opcode = uint16(data, offset + 6)
    const senderMac = macText(data, offset + 8)
    const senderAddress = ipv4Text(packet.dataView.getInt32(offset + 14))
    const targetMac = macText(data, offset + 18)
    const targetAddress = ipv4Text(packet.dataView.getInt32(offset + 24))
    return {
      frame: packet.number,
      timeNs: packet.timeNs,
      opcode,
      senderMac,
      senderAddress,
      targetMac,
      targetAddress,
      isGratuitous: senderAddress === targetAddress,
      isDuplicateAddress: opcode === REQUEST || opcode === REPLY ? this.isDuplicate(senderAddress, senderMac) : false,
    }
  }

  private isDuplicate(address: string, mac: string): boolean {
    if (address === '0.0.0.0') return false
    const owner = this.owners.get(address)
    if (owner === undefined) {
      if (this.owners.size < MOST_ADDRESSES) this.owners.set(address, mac)
      else this.dropped++
      return false
    }
    return owner !== mac
  }
}
