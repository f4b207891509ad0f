// The host's share of a capture is what needs it; between such frames the core walks the records of classic pcap on its own.

import { allocate } from './memory'
import { countFrame } from './frame-counts'
import { Header } from './header'
import { namedProtocol } from './interest'
import { capturedPayload, decodePlainFrame, vlanId } from './plain-frame'

const RECORD_HEADER_BYTES = 16
/** Frames are summed within slots of this length, so that traffic over time can be told from the sums. */
const SLOT_NS: f64 = 25_000_000

/** What the host writes before a march and reads after it; the order is that of src/core/march.ts. */
@unmanaged
export class March {
  // shape of the records
  isBigEndian: i32
  ticksPerSecond: u32
  nanosecondsPerTick: u32
  mostCaptured: u32
  /** Bytes to walk, and the number of the next record. */
  at: usize
  end: usize
  number: i32
  /** So many flows make the host look for finished ones. */
  mostFlows: i32
  // sums of the frames taken since the host last looked; none when `packets` is 0
  packets: i32
  firstNumber: i32
  truncated: i32
  lastNanoseconds: u32
  lastSeconds: f64
  originSeconds: f64
  originNanoseconds: f64
  firstTimeNs: f64
  lastTimeNs: f64
  wireBytes: f64
  capturedBytes: f64
  slotEndNs: f64
}

export const march = changetype<March>(allocate(offsetof<March>()))

/** The frame under the march, for {@link passRecord}: its length in the file. */
let recordBytes: usize = 0
let capturedBytes: u32 = 0
let seconds: u32 = 0
let nanoseconds: u32 = 0

/** How the record at `march.at` was read. */
export const RECORD_PLAIN = 0
export const RECORD_FOR_HOST = 1
export const RECORD_IN_NEXT_SLOT = 2

/** Reads the record at `march.at` and, when it is a plain frame within the slot, decodes it into the header. */
export function readRecord(header: Header): i32 {
  const at = march.at
  const left = march.end - at
  if (<i32>left < RECORD_HEADER_BYTES) return RECORD_FOR_HOST
  seconds = load<u32>(at)
  let fraction = load<u32>(at, 4)
  let captured = load<u32>(at, 8)
  let wire = load<u32>(at, 12)
  if (march.isBigEndian !== 0) {
    seconds = bswap<u32>(seconds)
    fraction = bswap<u32>(fraction)
    captured = bswap<u32>(captured)
    wire = bswap<u32>(wire)
  }
  if (captured > wire || captured > march.mostCaptured || wire > 0x3fffffff) return RECORD_FOR_HOST
  recordBytes = <usize>(captured + RECORD_HEADER_BYTES)
  if (left < recordBytes || fraction >= march.ticksPerSecond) return RECORD_FOR_HOST
  nanoseconds = fraction * march.nanosecondsPerTick
  const now = <f64>seconds
  if (now < march.lastSeconds || (now === march.lastSeconds && nanoseconds < march.lastNanoseconds)) return RECORD_FOR_HOST
  header.timeNs = (now - march.originSeconds) * 1e9 + (<f64>nanoseconds - march.originNanoseconds)
  if (march.packets > 0 && header.timeNs >= march.slotEndNs) return RECORD_IN_NEXT_SLOT
  if (!decodePlainFrame(header, at + RECORD_HEADER_BYTES, <i32>captured, <i32>wire)) return RECORD_FOR_HOST
  capturedBytes = captured
  header.number = march.number
  header.wireLength = <i32>wire
  return RECORD_PLAIN
}

/** Bytes of payload that were captured of the record read last. */
@inline
export function payloadThere(): i32 {
  return capturedPayload
}

/** Counts the record read last and goes to the next. */
export function passRecord(header: Header): void {
  if (march.packets === 0) {
    march.firstNumber = header.number
    march.firstTimeNs = header.timeNs
    march.slotEndNs = (floor(header.timeNs / SLOT_NS) + 1) * SLOT_NS
  }
  march.packets++
  march.number++
  march.at += recordBytes
  march.lastSeconds = <f64>seconds
  march.lastNanoseconds = nanoseconds
  march.lastTimeNs = header.timeNs
  march.wireBytes += header.wireLength
  march.capturedBytes += <f64>capturedBytes
  march.truncated += i32(capturedBytes < <u32>header.wireLength)
  countFrame(header.ipVersion, vlanId, namedProtocol, header.wireLength)
}
