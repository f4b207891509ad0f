import { Header } from "./header"
import { allocate, newSlabs, Slabs } from "./memory"

/** A flow record; the order is that of src/flow/flow-record.ts, which says what the fields mean. */
@unmanaged
export class Flow {
  low: i32
  low1: i32
  low2: i32
  low3: i32
  high: i32
  high1: i32
  high2: i32
  high3: i32
  ports: i32
  meta: i32
  number: i32
  firstFrame: i32
  lastFrame: i32
  firstSender: i32
  frames0: i32
  frames1: i32
  conversation: i32
  index: i32
  connection: i32
  hash: i32
  bytes0: f64
  bytes1: f64
  payload0: f64
  payload1: f64
  firstTimeNs: f64
  lastTimeNs: f64
  /** Frames with payload each way. */
  dataFrames0: i32
  dataFrames1: i32
  /** Numbers of the addresses; 0 when they have none. */
  lowNumber: i32
  highNumber: i32
  /** Bits about the last data, see observed.ts. */
  lastData: i32
  /** How far the host looks into the datagrams, see interest.ts. */
  interest: i32
  /** Packets of RTP gathered in direction 0 and 1, see rtp-packets.ts. */
  rtp0: usize
  rtp1: usize
}

const FIRST_SLOTS: usize = 1 << 12
const SLOT_SHIFT: usize = 3

/**
 * Flows by 5-tuple, both directions one record: addresses and ports stand in canonical order, the smaller end first.
 * An open hash table of (hash, record) beside slabs of records. O(1) a look-up.
 */
@unmanaged
export class FlowTable {
  records: Slabs
  live: i32
  slots: usize
  mask: i32
  /** Set by find: 0 when the packet goes from the low to the high end, else 1. */
  canonicalDirection: i32
  hash: i32
  last: Flow | null

  /** The newest flow of the header's addresses and ports, or null. */
  find(header: Header, sourcePort: i32, destinationPort: i32, transport: i32): Flow | null {
    const isV4 = header.ipVersion === 4
    let order = compare(header.source, header.destination)
    if (!isV4) {
      if (order === 0) order = compare(header.source1, header.destination1)
      if (order === 0) order = compare(header.source2, header.destination2)
      if (order === 0) order = compare(header.source3, header.destination3)
    }
    if (order === 0) order = sourcePort - destinationPort
    const isLowFirst = order <= 0
    this.canonicalDirection = isLowFirst ? 0 : 1
    const low = changetype<usize>(header) + (isLowFirst ? 4 : 20)
    const high = changetype<usize>(header) + (isLowFirst ? 20 : 4)
    const ports = isLowFirst ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort
    const meta = header.ipVersion | (transport << 8)
    // packets come in bursts: often it is the flow of the packet before
    const last = this.last
    if (last !== null && isKeyOf(last, low, high, ports, meta)) {
      this.hash = last.hash
      return last
    }
    let hash = mix(mix(mix(0x12345 ^ meta, load<i32>(low)), load<i32>(high)), ports)
    if (!isV4) {
      for (let i: usize = 4; i < 16; i += 4) hash = mix(mix(hash, load<i32>(low + i)), load<i32>(high + i))
    }
    hash *= <i32>0x85ebca6b
    hash ^= hash >>> 13
    this.hash = hash
    for (let slot = hash & this.mask; ; slot = (slot + 1) & this.mask) {
      const at = this.slots + (<usize>slot << SLOT_SHIFT)
      const record = load<usize>(at + 4)
      if (record === 0) return null
      if (load<i32>(at) !== hash) continue
      const flow = changetype<Flow>(record)
      if (!isKeyOf(flow, low, high, ports, meta)) continue
      this.last = flow
      return flow
    }
  }

  /** Adds a flow, right after find with the same arguments; from now on it is the newest with that key. */
  add(header: Header, sourcePort: i32, destinationPort: i32, transport: i32, number: i32): Flow {
    if (this.live * 2 > this.mask) this.grow()
    const index = this.records.take()
    const flow = changetype<Flow>(this.records.at(index))
    this.live++
    const isLowFirst = this.canonicalDirection === 0
    const bytes: usize = header.ipVersion === 4 ? 4 : 16
    const source = changetype<usize>(header) + 4
    const destination = changetype<usize>(header) + 20
    memory.copy(changetype<usize>(flow), isLowFirst ? source : destination, bytes)
    memory.copy(changetype<usize>(flow) + 16, isLowFirst ? destination : source, bytes)
    flow.ports = isLowFirst ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort
    flow.meta = header.ipVersion | (transport << 8)
    flow.number = number
    flow.firstSender = this.canonicalDirection
    flow.conversation = -1
    flow.index = index
    flow.hash = this.hash
    flow.firstTimeNs = header.timeNs
    flow.lastTimeNs = header.timeNs
    this.enter(flow)
    this.last = flow
    return flow
  }

  at(index: i32): Flow {
    return changetype<Flow>(this.records.at(index))
  }

  /** Takes a flow out; its index will be used again. Call rebuild before the next look-up. */
  remove(flow: Flow): void {
    flow.meta = 0
    this.records.give(flow.index)
    this.live--
  }

  /** Makes look-ups right again after flows were removed. O(records). */
  rebuild(): void {
    memory.fill(this.slots, 0, <usize>(this.mask + 1) << SLOT_SHIFT)
    this.last = null
    this.enterAll()
  }

  /** Counts a frame of a flow in the direction of the last find. Returns that direction: 0 from the first sender. */
  countFrame(flow: Flow, header: Header, payloadBytes: i32): i32 {
    const direction = this.canonicalDirection ^ flow.firstSender
    if (direction === 0) {
      flow.frames0++
      flow.bytes0 += header.wireLength
      flow.payload0 += payloadBytes
      flow.dataFrames0 += i32(payloadBytes > 0)
    } else {
      flow.frames1++
      flow.bytes1 += header.wireLength
      flow.payload1 += payloadBytes
      flow.dataFrames1 += i32(payloadBytes > 0)
    }
    if (flow.firstFrame === 0) flow.firstFrame = header.number
    flow.lastFrame = header.number
    flow.lastTimeNs = header.timeNs
    return direction
  }

  /** Points the slot of another flow with the same key at the newer of both, or takes a free slot. */
  private enter(flow: Flow): void {
    const hash = flow.hash
    for (let slot = hash & this.mask; ; slot = (slot + 1) & this.mask) {
      const at = this.slots + (<usize>slot << SLOT_SHIFT)
      const record = load<usize>(at + 4)
      if (record !== 0) {
        if (load<i32>(at) !== hash || memory.compare(record, changetype<usize>(flow), 40) !== 0) continue
        if (changetype<Flow>(record).number > flow.number) return
      }
      store<i32>(at, hash)
      store<usize>(at + 4, changetype<usize>(flow))
      return
    }
  }

  private enterAll(): void {
    for (let index = 0; index < this.records.count; index++) {
      const flow = this.at(index)
      if (flow.meta !== 0) this.enter(flow)
    }
  }

  private grow(): void {
    const slots = (this.mask + 1) * 4
    this.slots = allocate(<usize>slots << SLOT_SHIFT)
    this.mask = slots - 1
    this.enterAll()
  }
}

export function newFlowTable(): FlowTable {
  const table = changetype<FlowTable>(allocate(offsetof<FlowTable>()))
  table.records = newSlabs(offsetof<Flow>())
  table.slots = allocate(FIRST_SLOTS << SLOT_SHIFT)
  table.mask = <i32>FIRST_SLOTS - 1
  return table
}

@inline
function compare(a: i32, b: i32): i32 {
  return i32(a > b) - i32(a < b)
}

@inline
function isKeyOf(flow: Flow, low: usize, high: usize, ports: i32, meta: i32): bool {
  return (
    flow.ports === ports &&
    flow.meta === meta &&
    flow.low === load<i32>(low) &&
    flow.high === load<i32>(high) &&
    ((meta & 0xff) === 4 ||
      (flow.low1 === load<i32>(low, 4) &&
        flow.low2 === load<i32>(low, 8) &&
        flow.low3 === load<i32>(low, 12) &&
        flow.high1 === load<i32>(high, 4) &&
        flow.high2 === load<i32>(high, 8) &&
        flow.high3 === load<i32>(high, 12)))
  )
}

@inline
function mix(hash: i32, value: i32): i32 {
  const mixed = (hash ^ value) * <i32>0x9e3779b1
  return mixed ^ (mixed >>> 15)
}
