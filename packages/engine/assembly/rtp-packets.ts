// Packets of RTP streams that the host follows (RFC 3550 §5.1), gathered so that it is told of many at once.

import { Flow } from './flow-table'
import { Header } from './header'
import { allocate } from './memory'
import { flows } from './tables'

const HEADER_BYTES: i32 = 12
const VERSION = 2
/** Types 64 to 95 with the marker bit are those of RTCP (RFC 5761 §4). */
const FIRST_RTCP_TYPE = 192
const LAST_RTCP_TYPE = 223

const MOST_PACKETS: i32 = 32
const PACKET_BYTES: usize = 24
const BATCH_BYTES: usize = 16 + 32 * PACKET_BYTES
const BATCHES_AT_ONCE: usize = 32

/** Packets of one source in one direction of a flow; the order is that of src/core/rtp-packets.ts. */
@unmanaged
class Batch {
  source: i32
  count: i32
  /** The next batch that nobody uses. */
  next: usize
  padding: i32
}

/** Batches that nobody uses, as a chain. */
let spare: usize = 0

/** Makes room for one stream more; memory may grow. */
export function reserveBatches(): void {
  if (spare !== 0) return
  const start = allocate(BATCH_BYTES * BATCHES_AT_ONCE)
  for (let i: usize = 0; i < BATCHES_AT_ONCE; i++) give(start + i * BATCH_BYTES)
}

/** Gathers packets of `source` in a direction of a flow from now on, if there is room. */
export function gatherRtp(index: i32, direction: i32, source: i32): void {
  if (spare === 0) return
  forgetRtp(index, direction)
  const batch = changetype<Batch>(spare)
  spare = batch.next
  batch.source = source
  batch.count = 0
  setBatch(flows.at(index), direction, changetype<usize>(batch))
}

export function forgetRtp(index: i32, direction: i32): void {
  const batch = rtpPackets(index, direction)
  if (batch === 0) return
  give(batch)
  setBatch(flows.at(index), direction, 0)
}

/** Where the packets of a direction are gathered; 0 when they are not. */
export function rtpPackets(index: i32, direction: i32): usize {
  return batchOf(flows.at(index), direction)
}

@inline
function batchOf(flow: Flow, direction: i32): usize {
  return direction === 0 ? flow.rtp0 : flow.rtp1
}

/** True for a payload that has the header of RTP. */
export function isRtp(payload: usize, captured: i32): bool {
  if (captured < HEADER_BYTES || load<u8>(payload) >> 6 !== VERSION) return false
  const type = <i32>load<u8>(payload, 1)
  return type < FIRST_RTCP_TYPE || type > LAST_RTCP_TYPE
}

/** True when a packet of RTP can be added to those gathered. */
export function hasRoom(flow: Flow, direction: i32, payload: usize): bool {
  const batch = changetype<Batch>(batchOf(flow, direction))
  if (changetype<usize>(batch) === 0) return false
  return batch.count < MOST_PACKETS && batch.source === bswap<i32>(load<i32>(payload, 8))
}

/** Adds a packet for which {@link hasRoom} holds. */
export function addRtp(header: Header, flow: Flow, direction: i32, payload: usize): void {
  const batch = changetype<Batch>(batchOf(flow, direction))
  const at = changetype<usize>(batch) + 16 + <usize>batch.count * PACKET_BYTES
  batch.count++
  store<f64>(at, header.timeNs)
  store<i32>(at, header.number, 8)
  store<i32>(at, <i32>bswap<u16>(load<u16>(payload, 2)), 12)
  store<i32>(at, bswap<i32>(load<i32>(payload, 4)), 16)
}

function setBatch(flow: Flow, direction: i32, batch: usize): void {
  if (direction === 0) flow.rtp0 = batch
  else flow.rtp1 = batch
}

function give(batch: usize): void {
  changetype<Batch>(batch).next = spare
  spare = batch
}
