// The host's share of a capture is what needs it; between such frames the core walks the records of classic pcap, or the Enhanced Packet
// Blocks of pcapng, on its own.

import { allocate } from './memory'
import { countFrame } from './frame-counts'
import { Header } from './header'
import { namedProtocol } from './interest'
import { decodePlainFrame, transport, UDP, vlanId } from './plain-frame'

const RECORD_HEADER_BYTES = 16
/** Enhanced Packet Block without options (pcapng draft §4.3): its type, and its bytes before and around the packet. */
const ENHANCED_PACKET: u32 = 6
const BLOCK_HEADER_BYTES = 28
const BLOCK_BYTES = 32
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
  /** The records are Enhanced Packet Blocks, of this interface. */
  isEnhanced: i32
  interfaceIndex: u32
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
let seconds: f64 = 0
let nanoseconds: u32 = 0

/** How the record at `march.at` was read. */
export const RECORD_PLAIN = 0
export const RECORD_FOR_HOST = 1
export const RECORD_IN_NEXT_SLOT = 2

/** Reads the record at `march.at` and, when it is a plain frame within the slot, decodes it into the header. */
export function readRecord(header: Header): i32 {
  return march.isEnhanced !== 0 ? readBlock(header) : readClassic(header)
}

@inline
function word(at: usize): u32 {
  const value = load<u32>(at)
  return march.isBigEndian !== 0 ? bswap<u32>(value) : value
}

function readClassic(header: Header): i32 {
  const at = march.at
  const left = march.end - at
  if (<i32>left < RECORD_HEADER_BYTES) return RECORD_FOR_HOST
  const captured = word(at + 8)
  if (captured > march.mostCaptured) return RECORD_FOR_HOST
  recordBytes = <usize>(captured + RECORD_HEADER_BYTES)
  const fraction = word(at + 4)
  if (left < recordBytes || fraction >= march.ticksPerSecond) return RECORD_FOR_HOST
  seconds = <f64>word(at)
  nanoseconds = fraction * march.nanosecondsPerTick
  return readFrame(header, at + RECORD_HEADER_BYTES, captured, word(at + 12))
}

/** Blocks with options, comments for instance, are the host's. */
function readBlock(header: Header): i32 {
  const at = march.at
  const left = march.end - at
  if (<i32>left < BLOCK_BYTES || word(at) !== ENHANCED_PACKET) return RECORD_FOR_HOST
  const captured = word(at + 20)
  if (captured > march.mostCaptured || word(at + 8) !== march.interfaceIndex) return RECORD_FOR_HOST
  const length = BLOCK_BYTES + ((captured + 3) & ~3)
  recordBytes = <usize>length
  if (word(at + 4) !== length || left < recordBytes || word(at + recordBytes - 4) !== length) return RECORD_FOR_HOST
  const ticks = (<u64>word(at + 12) << 32) | <u64>word(at + 16)
  const whole = ticks / <u64>march.ticksPerSecond
  seconds = <f64>whole
  nanoseconds = <u32>(ticks - whole * <u64>march.ticksPerSecond) * march.nanosecondsPerTick
  return readFrame(header, at + BLOCK_HEADER_BYTES, captured, word(at + 24))
}

/** The frame of a record whose time and length are known. */
function readFrame(header: Header, frame: usize, captured: u32, wire: u32): i32 {
  if (captured > wire || wire > 0x3fffffff) return RECORD_FOR_HOST
  if (seconds < march.lastSeconds || (seconds === march.lastSeconds && nanoseconds < march.lastNanoseconds))
    return RECORD_FOR_HOST
  header.timeNs = (seconds - march.originSeconds) * 1e9 + (<f64>nanoseconds - march.originNanoseconds)
  if (march.packets > 0 && header.timeNs >= march.slotEndNs) return RECORD_IN_NEXT_SLOT
  if (!decodePlainFrame(header, frame, <i32>captured, <i32>wire)) return RECORD_FOR_HOST
  capturedBytes = captured
  header.number = march.number
  header.wireLength = <i32>wire
  return RECORD_PLAIN
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
  march.lastSeconds = seconds
  march.lastNanoseconds = nanoseconds
  march.lastTimeNs = header.timeNs
  march.wireBytes += header.wireLength
  march.capturedBytes += <f64>capturedBytes
  march.truncated += i32(capturedBytes < <u32>header.wireLength)
  countFrame(header.ipVersion, vlanId, transport === UDP, namedProtocol, header.wireLength)
}
