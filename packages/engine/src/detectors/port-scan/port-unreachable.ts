import type { Packet } from '../../packet.ts'
import type { IcmpMessage } from '../../protocols/icmp.ts'
import { ipv4Text, ipv6Text } from '../../text/addresses.ts'

const ICMP_HEADER_BYTES = 8
const UDP = 17
const UNREACHABLE_V4 = 3
const PORT_UNREACHABLE_V4 = 3
const UNREACHABLE_V6 = 1
const PORT_UNREACHABLE_V6 = 4

/** Who sent the datagram that a «port unreachable» quotes, and to whom; null for every other message. */
export function readPortUnreachable(
  message: IcmpMessage,
  packet: Packet,
): { readonly source: string; readonly target: string } | null {
  const at = packet.offset + ICMP_HEADER_BYTES
  const { data, dataView, dataEnd } = packet
  if (message.version === 4) {
    if (message.type !== UNREACHABLE_V4 || message.code !== PORT_UNREACHABLE_V4) return null
    if (at + 20 > dataEnd || data[at] >> 4 !== 4 || data[at + 9] !== UDP) return null
    return { source: ipv4Text(dataView.getInt32(at + 12)), target: ipv4Text(dataView.getInt32(at + 16)) }
  }
  if (message.type !== UNREACHABLE_V6 || message.code !== PORT_UNREACHABLE_V6) return null
  if (at + 40 > dataEnd || data[at] >> 4 !== 6 || data[at + 6] !== UDP) return null
  const words = Int32Array.from({ length: 8 }, (_, i) => dataView.getInt32(at + 8 + 4 * i))
  return { source: ipv6Text(words, 0), target: ipv6Text(words, 4) }
}
