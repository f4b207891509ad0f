import { int32, uint16 } from '../decode/cursor.ts'
import type { Packet } from '../packet.ts'

const FRAGMENTATION_NEEDED = 4
const UNREACHABLE = 3
const PACKET_TOO_BIG = 2
const ECHO_REPLY = 0
const ECHO_REQUEST = 8
const ECHO_REQUEST_V6 = 128
const ECHO_REPLY_V6 = 129
const MOST_OPEN_REQUESTS = 1 << 16

/** One ICMP or ICMPv6 message. One instance serves the run; it is borrowed by listeners. */
export class IcmpMessage {
  frame = 0
  timeNs = 0
  version: 4 | 6 = 4
  type = 0
  code = 0
  /** Next-hop MTU in bytes of «fragmentation needed» and «packet too big»; -1 in other messages or when cut. */
  mtuBytes = -1
  identifier = 0
  sequence = 0
  /** With an echo reply: the frame of its request, 0 when none matches, and the time since it. */
  requestFrame = 0
  rttNs = 0
  isEchoRequest = false
  isEchoReply = false
}

interface EchoRequest {
  frame: number
  timeNs: number
  isAnswered: boolean
}

/**
 * Matches echo replies to requests as tshark does: by addresses, identifier, sequence number and the checksum that the reply to
 * exactly this request must have (docs/reference/tcp-analysis.md, section 17). Keeps the newest 65 536 requests.
 */
export class IcmpEchoes {
  readonly message = new IcmpMessage()
  /** Requests forgotten to make room. */
  dropped = 0
  private readonly requests = new Map<string, EchoRequest>()

  /** Reads the message at the packet's cursor; four bytes of it are captured. */
  take(packet: Packet, version: 4 | 6): IcmpMessage {
    const { message } = this
    const { data, offset } = packet
    message.frame = packet.number
    message.timeNs = packet.timeNs
    message.version = version
    message.type = data[offset]
    message.code = data[offset + 1]
    message.requestFrame = 0
    message.rttNs = 0
    message.mtuBytes = mtuOf(packet, version)
    message.isEchoRequest = message.type === (version === 4 ? ECHO_REQUEST : ECHO_REQUEST_V6)
    message.isEchoReply = message.type === (version === 4 ? ECHO_REPLY : ECHO_REPLY_V6)
    if ((message.isEchoRequest || message.isEchoReply) && offset + 8 <= packet.dataEnd) this.takeEcho(packet, version)
    return message
  }

  private takeEcho(packet: Packet, version: 4 | 6): void {
    const { message } = this
    const { data, offset } = packet
    message.identifier = uint16(data, offset + 4)
    message.sequence = uint16(data, offset + 6)
    const key = this.keyOf(packet, version)
    if (message.isEchoRequest) {
      this.requests.delete(key)
      this.requests.set(key, { frame: message.frame, timeNs: message.timeNs, isAnswered: false })
      if (this.requests.size > MOST_OPEN_REQUESTS) this.dropOldest()
      return
    }
    const request = this.requests.get(key)
    if (request === undefined || request.isAnswered) return
    request.isAnswered = true
    message.requestFrame = request.frame
    message.rttNs = message.timeNs - request.timeNs
  }

  private keyOf(packet: Packet, version: 4 | 6): string {
    const { message } = this
    const checksum = uint16(packet.data, packet.offset + 2)
    // one's complement: the reply differs from the request only in the type, so its checksum can be computed from the request's
    const typeWord = version === 4 ? 0x0800 : 0x0100
    const isOther = version === 4 ? message.isEchoRequest : message.isEchoReply
    const expected = isOther ? withoutWord(checksum, typeWord) : checksum === 0xffff ? 0 : checksum
    const at = packet.ipLayerStart
    const source = addressKey(packet, at + 1, version)
    const destination = addressKey(packet, at + 5, version)
    const pair = source < destination ? `${source}|${destination}` : `${destination}|${source}`
    return `${pair}|${expected}|${message.identifier}|${message.sequence}`
  }

  private dropOldest(): void {
    for (const key of this.requests.keys()) {
      this.requests.delete(key)
      this.dropped++
      return
    }
  }
}

function addressKey(packet: Packet, at: number, version: 4 | 6): string {
  const words = packet.ipLayers
  return version === 4 ? `${words[at]}` : `${words[at]},${words[at + 1]},${words[at + 2]},${words[at + 3]}`
}

/** Checksum after a word of the message was replaced by zero (RFC 1624). */
function withoutWord(checksum: number, word: number): number {
  let sum = (~checksum & 0xffff) + (~word & 0xffff)
  sum = (sum & 0xffff) + (sum >> 16)
  const result = ~sum & 0xffff
  return result === 0xffff ? 0 : result
}

function mtuOf(packet: Packet, version: 4 | 6): number {
  const { data, offset, dataEnd } = packet
  if (offset + 8 > dataEnd) return -1
  if (version === 4 && data[offset] === UNREACHABLE && data[offset + 1] === FRAGMENTATION_NEEDED)
    return uint16(data, offset + 6)
  if (version === 6 && data[offset] === PACKET_TOO_BIG) return int32(data, offset + 4) >>> 0
  return -1
}
