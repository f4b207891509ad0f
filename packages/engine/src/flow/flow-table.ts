import type { Packet } from '../packet.ts'

/** Offsets of the integers of a flow record. */
export const FLOW_LOW_ADDRESS = 0
export const FLOW_HIGH_ADDRESS = 4
/** Port of the low end in the upper, of the high end in the lower 16 bits. */
export const FLOW_PORTS = 8
/** IP version | transport protocol << 8. */
export const FLOW_META = 9
/** Number of the stream within its transport protocol, in order of first use (tshark's tcp.stream, udp.stream). */
export const FLOW_NUMBER = 10
/** First and last frame counted; 0 in a flow that only ICMP errors quoted. */
export const FLOW_FIRST_FRAME = 11
export const FLOW_LAST_FRAME = 12
/** 1 when the flow's first packet went from the high to the low end. */
export const FLOW_FIRST_SENDER = 13
/** Frames from the first sender; the next word counts those to it. */
export const FLOW_FRAMES = 14
/** Index in the table of IP conversations; -1 until it is looked up. */
export const FLOW_CONVERSATION = 16
/** Index of the TCP connection; 0 in other flows. */
export const FLOW_CONNECTION = 18
const FLOW_HASH = 19

/** Offsets of the doubles of a flow record, in doubles. */
export const FLOW_BYTES = 10
export const FLOW_PAYLOAD_BYTES = 12
export const FLOW_FIRST_TIME = 14
export const FLOW_LAST_TIME = 15

export const FLOW_WORDS = 32
const FLOW_DOUBLES = FLOW_WORDS / 2

const FIRST_CAPACITY = 1 << 12
const GROWTH = 4

/**
 * All flows (RFC 5103 biflows by 5-tuple), as records of fixed size in one buffer that integer indices point into.
 *
 * Addresses and ports are stored in canonical order, the smaller end first, so that both directions find the same record.
 * Direction 0 is that of the flow's first packet. O(1) a lookup; about 140 bytes a flow.
 */
export class FlowTable {
  words: Int32Array<ArrayBuffer>
  doubles: Float64Array<ArrayBuffer>
  /** Records in use so far, removed ones included; indices are 0 … count - 1. */
  count = 0
  /** Flows in the table. */
  live = 0
  /** Set by {@link find}: 0 when the packet goes from the low to the high end, else 1. */
  canonicalDirection = 0
  private hash = 0
  /** The flow that was found or added last. */
  private last = 0
  /** Removed records to be used again, as a chain through their first word; index + 1, 0 at its end. */
  private free = 0
  private slots: Int32Array<ArrayBuffer>
  private mask: number
  private capacity = FIRST_CAPACITY

  constructor() {
    const buffer = new ArrayBuffer(FIRST_CAPACITY * FLOW_WORDS * 4)
    this.words = new Int32Array(buffer)
    this.doubles = new Float64Array(buffer)
    this.slots = new Int32Array(FIRST_CAPACITY * 4)
    this.mask = FIRST_CAPACITY * 2 - 1
  }

  /**
   * The newest flow between the addresses of the IP layer at `layers[at]` and these ports, or -1; sets `canonicalDirection`.
   * `transport` is the IP protocol number; 0 with ports 0 for a pair of addresses alone.
   */
  find(layers: Int32Array, at: number, sourcePort: number, destinationPort: number, transport: number): number {
    const isV4 = layers[at] === 4
    let order = layers[at + 1] - layers[at + 5]
    if (!isV4) {
      for (let i = 1; order === 0 && i < 4; i++) order = layers[at + 1 + i] - layers[at + 5 + i]
    }
    if (order === 0) order = sourcePort - destinationPort
    const isLowFirst = order <= 0
    const low = at + (isLowFirst ? 1 : 5)
    const high = at + (isLowFirst ? 5 : 1)
    const ports = isLowFirst ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort
    const meta = layers[at] | (transport << 8)
    this.canonicalDirection = isLowFirst ? 0 : 1
    // packets come in bursts: often it is the flow of the packet before
    if (this.isKeyOf(this.last, layers, low, high, ports, meta)) {
      this.hash = this.words[this.last * FLOW_WORDS + FLOW_HASH]
      return this.last
    }
    let hash = mix(mix(mix(0x12345 ^ meta, layers[low]), layers[high]), ports)
    if (!isV4) {
      for (let i = 1; i < 4; i++) hash = mix(mix(hash, layers[low + i]), layers[high + i])
    }
    hash = Math.imul(hash, 0x85ebca6b)
    hash ^= hash >>> 13
    this.hash = hash
    return this.probe(layers, low, high, ports, meta, hash)
  }

  private isKeyOf(index: number, layers: Int32Array, low: number, high: number, ports: number, meta: number): boolean {
    const { words } = this
    const record = index * FLOW_WORDS
    return (
      words[record + FLOW_PORTS] === ports &&
      words[record + FLOW_META] === meta &&
      words[record] === layers[low] &&
      words[record + 4] === layers[high] &&
      ((meta & 0xff) === 4 ||
        (words[record + 1] === layers[low + 1] &&
          words[record + 2] === layers[low + 2] &&
          words[record + 3] === layers[low + 3] &&
          words[record + 5] === layers[high + 1] &&
          words[record + 6] === layers[high + 2] &&
          words[record + 7] === layers[high + 3]))
    )
  }

  private probe(layers: Int32Array, low: number, high: number, ports: number, meta: number, hash: number): number {
    const { slots, mask } = this
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const index = slots[2 * slot + 1] - 1
      if (index < 0) return -1
      if (slots[2 * slot] !== hash || !this.isKeyOf(index, layers, low, high, ports, meta)) continue
      this.last = index
      return index
    }
  }

  /** Adds a flow, right after {@link find} with the same arguments; from now on it is the newest with that key. */
  add(
    layers: Int32Array,
    at: number,
    sourcePort: number,
    destinationPort: number,
    transport: number,
    packet: Packet,
    number: number,
  ): number {
    const index = this.take()
    this.live++
    const { words } = this
    const record = index * FLOW_WORDS
    const isLowFirst = this.canonicalDirection === 0
    const addressWords = layers[at] === 4 ? 1 : 4
    for (let i = 0; i < addressWords; i++) {
      words[record + (isLowFirst ? FLOW_LOW_ADDRESS : FLOW_HIGH_ADDRESS) + i] = layers[at + 1 + i]
      words[record + (isLowFirst ? FLOW_HIGH_ADDRESS : FLOW_LOW_ADDRESS) + i] = layers[at + 5 + i]
    }
    words[record + FLOW_PORTS] = isLowFirst
      ? (sourcePort << 16) | destinationPort
      : (destinationPort << 16) | sourcePort
    words[record + FLOW_META] = layers[at] | (transport << 8)
    words[record + FLOW_NUMBER] = number
    words[record + FLOW_FIRST_SENDER] = this.canonicalDirection
    words[record + FLOW_CONVERSATION] = -1
    words[record + FLOW_HASH] = this.hash
    this.doubles[index * FLOW_DOUBLES + FLOW_FIRST_TIME] = packet.timeNs
    this.doubles[index * FLOW_DOUBLES + FLOW_LAST_TIME] = packet.timeNs
    this.enter(index, this.hash)
    this.last = index
    return index
  }

  private take(): number {
    if (this.free === 0) {
      if (this.count === this.capacity) this.grow()
      return this.count++
    }
    const index = this.free - 1
    const record = index * FLOW_WORDS
    this.free = this.words[record]
    this.words.fill(0, record, record + FLOW_WORDS)
    return index
  }

  isLive(index: number): boolean {
    return this.words[index * FLOW_WORDS + FLOW_META] !== 0
  }

  /** Takes a flow out of the table; its index will be used again. Call {@link rebuild} before the next look-up. */
  remove(index: number): void {
    const record = index * FLOW_WORDS
    this.words[record + FLOW_META] = 0
    this.words[record] = this.free
    this.free = index + 1
    this.live--
  }

  /** Makes look-ups right again after flows were removed. O(records), so remove many at a time. */
  rebuild(): void {
    this.slots.fill(0)
    // of flows with equal keys the newest wins, and records are used again in any order: so by number
    const order = Array.from({ length: this.count }, (_, index) => index).filter((index) => this.isLive(index))
    order.sort((a, b) => this.words[a * FLOW_WORDS + FLOW_NUMBER] - this.words[b * FLOW_WORDS + FLOW_NUMBER])
    for (const index of order) this.enter(index, this.words[index * FLOW_WORDS + FLOW_HASH])
  }

  /** Counts a frame of a flow in the direction of the last {@link find}. Returns that direction: 0 from the first sender. */
  countFrame(index: number, packet: Packet, payloadBytes: number): number {
    const { words, doubles } = this
    const record = index * FLOW_WORDS
    const direction = this.canonicalDirection ^ words[record + FLOW_FIRST_SENDER]
    words[record + FLOW_FRAMES + direction]++
    if (words[record + FLOW_FIRST_FRAME] === 0) words[record + FLOW_FIRST_FRAME] = packet.number
    words[record + FLOW_LAST_FRAME] = packet.number
    const at = index * FLOW_DOUBLES
    doubles[at + FLOW_BYTES + direction] += packet.wireLength
    doubles[at + FLOW_PAYLOAD_BYTES + direction] += payloadBytes
    doubles[at + FLOW_LAST_TIME] = packet.timeNs
    return direction
  }

  /** Adds the frames and bytes of a flow of another table to a record of this one, whose addresses are the same. */
  addCounts(index: number, flows: FlowTable, flow: number): void {
    const to = index * FLOW_WORDS
    const from = flow * FLOW_WORDS
    // the low end is the same address in both, unless both addresses are equal; then there is but one direction
    const swap = this.words[to + FLOW_FIRST_SENDER] ^ flows.words[from + FLOW_FIRST_SENDER]
    const isSelf = haveEqualEnds(this.words, to)
    for (let direction = 0; direction < 2; direction++) {
      const other = isSelf ? 0 : direction ^ swap
      this.words[to + FLOW_FRAMES + other] += flows.words[from + FLOW_FRAMES + direction]
      this.doubles[to / 2 + FLOW_BYTES + other] += flows.doubles[from / 2 + FLOW_BYTES + direction]
      this.doubles[to / 2 + FLOW_PAYLOAD_BYTES + other] += flows.doubles[from / 2 + FLOW_PAYLOAD_BYTES + direction]
    }
    const first = flows.words[from + FLOW_FIRST_FRAME]
    if (this.words[to + FLOW_FIRST_FRAME] === 0 || first < this.words[to + FLOW_FIRST_FRAME]) {
      this.words[to + FLOW_FIRST_FRAME] = first
      this.doubles[to / 2 + FLOW_FIRST_TIME] = flows.doubles[from / 2 + FLOW_FIRST_TIME]
    }
    if (flows.words[from + FLOW_LAST_FRAME] > this.words[to + FLOW_LAST_FRAME]) {
      this.words[to + FLOW_LAST_FRAME] = flows.words[from + FLOW_LAST_FRAME]
      this.doubles[to / 2 + FLOW_LAST_TIME] = flows.doubles[from / 2 + FLOW_LAST_TIME]
    }
  }

  /** Points the slot of an older flow with the same key at this one, or takes a free slot. */
  private enter(index: number, hash: number): void {
    const { slots, mask, words } = this
    const record = index * FLOW_WORDS
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const other = slots[2 * slot + 1] - 1
      if (other >= 0 && (slots[2 * slot] !== hash || !haveSameKey(words, other * FLOW_WORDS, record))) continue
      slots[2 * slot] = hash
      slots[2 * slot + 1] = index + 1
      return
    }
  }

  private grow(): void {
    this.capacity *= GROWTH
    const buffer = new ArrayBuffer(this.capacity * FLOW_WORDS * 4)
    const words = new Int32Array(buffer)
    words.set(this.words)
    this.words = words
    this.doubles = new Float64Array(buffer)
    this.slots = new Int32Array(this.capacity * 4)
    this.mask = this.capacity * 2 - 1
    for (let index = 0; index < this.count; index++) this.enter(index, words[index * FLOW_WORDS + FLOW_HASH])
  }
}

function haveEqualEnds(words: Int32Array, record: number): boolean {
  for (let i = 0; i < 4; i++)
    if (words[record + FLOW_LOW_ADDRESS + i] !== words[record + FLOW_HIGH_ADDRESS + i]) return false
  return true
}

function haveSameKey(words: Int32Array, a: number, b: number): boolean {
  for (let i = 0; i <= FLOW_META; i++) if (words[a + i] !== words[b + i]) return false
  return true
}

function mix(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x9e3779b1)
  return mixed ^ (mixed >>> 15)
}
