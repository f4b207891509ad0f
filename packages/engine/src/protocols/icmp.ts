import { int32, uint16 } from '../decode/cursor.ts'
import { IP_LAYER_WORDS, type Packet } from '../packet.ts'
import { AgingSlots } from './aging-slots.ts'

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

/** A request: frame, checksum its reply must have, identifier and sequence, pair of addresses. */
const SLOT_WORDS = 12
const SLOT_FRAME = 0
const SLOT_CHECKSUM = 1
const SLOT_ECHO = 2
const SLOT_LAYER = 3

/**
 * Matches echo replies to requests as tshark does: by addresses, identifier, sequence number and the checksum that the reply to
 * exactly this request must have (docs/reference/tcp-analysis.md, section 17). Keeps the newest 65 536 requests without a reply, O(1) a
 * message: an answered one is forgotten, as a second reply belongs to nothing either way.
 */
export class IcmpEchoes {
  readonly message = new IcmpMessage()
  /** Requests forgotten to make room. */
  dropped = 0
  /** Requests by two integers in which they and their replies agree. */
  private readonly slots = new AgingSlots(MOST_OPEN_REQUESTS)
  private words = new Int32Array(SLOT_WORDS * 256)
  private times = new Float64Array(256)

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
    const checksum = this.expectedChecksum(packet, version)
    const echo = int32(data, offset + 4)
    const pair = pairOf(packet)
    const high = Math.imul(pair, 0x9e3779b1) ^ Math.imul(checksum, 0x85ebca6b) ^ echo
    const low = (echo ^ pair) & 0xfffff
    if (message.isEchoRequest) this.remember(packet, high, low, checksum)
    else this.answer(packet, high, low, checksum)
  }

  private remember(packet: Packet, high: number, low: number, checksum: number): void {
    const slot = this.takeSlot(high, low)
    const at = slot * SLOT_WORDS
    this.words[at + SLOT_FRAME] = packet.number
    this.words[at + SLOT_CHECKSUM] = checksum
    this.words[at + SLOT_ECHO] = int32(packet.data, packet.offset + 4)
    const layer = packet.ipLayerStart
    for (let i = 0; i < IP_LAYER_WORDS; i++) this.words[at + SLOT_LAYER + i] = packet.ipLayers[layer + i]
    this.times[slot] = packet.timeNs
  }

  private answer(packet: Packet, high: number, low: number, checksum: number): void {
    const slot = this.slots.find(high, low)
    if (slot < 0 || !this.isRequestOf(packet, slot, checksum)) return
    const at = slot * SLOT_WORDS
    this.message.requestFrame = this.words[at + SLOT_FRAME]
    this.message.rttNs = packet.timeNs - this.times[slot]
    this.slots.remove(slot)
  }

  /** True when the slot is not one that merely has the same key. Either direction fits, as addresses are a pair. */
  private isRequestOf(packet: Packet, slot: number, checksum: number): boolean {
    const { words } = this
    const at = slot * SLOT_WORDS
    if (words[at + SLOT_CHECKSUM] !== checksum || words[at + SLOT_ECHO] !== int32(packet.data, packet.offset + 4))
      return false
    const layers = packet.ipLayers
    const source = packet.ipLayerStart + 1
    const destination = packet.ipLayerStart + 5
    const own = at + SLOT_LAYER + 1
    const length = layers[packet.ipLayerStart] === 4 ? 1 : 4
    return (
      (haveSameWords(words, own, layers, destination, length) &&
        haveSameWords(words, own + 4, layers, source, length)) ||
      (haveSameWords(words, own, layers, source, length) && haveSameWords(words, own + 4, layers, destination, length))
    )
  }

  /** A slot for a request, which takes the place of an older one with the same key, or of the oldest when there are too many. */
  private takeSlot(high: number, low: number): number {
    const { slots } = this
    const known = slots.find(high, low)
    if (known >= 0) slots.remove(known)
    else if (slots.isFull) {
      slots.remove(slots.oldest)
      this.dropped++
    }
    const slot = slots.add(high, low)
    if (slot >= this.times.length) this.grow()
    return slot
  }

  private grow(): void {
    const words = new Int32Array(this.words.length * 4)
    words.set(this.words)
    this.words = words
    const times = new Float64Array(this.times.length * 4)
    times.set(this.times)
    this.times = times
  }

  /** Checksum that the reply carries: one's complement lets it be computed from the request's, as only the type differs. */
  private expectedChecksum(packet: Packet, version: 4 | 6): number {
    const checksum = uint16(packet.data, packet.offset + 2)
    const isOther = version === 4 ? this.message.isEchoRequest : this.message.isEchoReply
    if (isOther) return withoutWord(checksum, version === 4 ? 0x0800 : 0x0100)
    return checksum === 0xffff ? 0 : checksum
  }
}

/** An integer for the pair of addresses; they enter as a sum, so their order does not matter. */
function pairOf(packet: Packet): number {
  const words = packet.ipLayers
  const at = packet.ipLayerStart
  let pair = words[at]
  for (let i = 1; i <= (words[at] === 4 ? 1 : 4); i++)
    pair = (Math.imul(pair, 31) + (words[at + i] ^ i) + (words[at + 4 + i] ^ i)) | 0
  return pair
}

function haveSameWords(a: Int32Array, at: number, b: Int32Array, from: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[at + i] !== b[from + i]) return false
  return true
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
