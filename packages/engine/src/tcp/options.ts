import { int32, uint16 } from '../decode/cursor.ts'
import type { Packet } from '../packet.ts'
import type { Segment } from './segment.ts'

const END_OF_LIST = 0
const NO_OPERATION = 1
const MSS = 2
const WINDOW_SCALE = 3
const SACK_PERMITTED = 4
const SACK = 5
const TIMESTAMPS = 8
const MULTIPATH = 30
const DATA_SEQUENCE_SIGNAL = 2
const LEAST_SACK_BYTES = 10
const FIXED_HEADER_BYTES = 20
const LARGEST_SHIFT = 14
/** NOP NOP TIMESTAMPS 10: what most segments carry. */
const COMMON_OPTIONS = 0x0101080a

export const SUMMARY_SHIFT = 16
export const SUMMARY_SACK_PERMITTED = 1 << 24
export const SUMMARY_TIMESTAMPS = 1 << 25
export const SUMMARY_HAS_MSS = 1 << 26

/** Side effects of options that a connection wants to hear of, in order of appearance. */
export interface OptionListener {
  windowScale(shift: number): void
  sackStarts(): void
  /** One complete block, raw edges. */
  sackBlock(left: number, right: number): void
  /** Asked of a SACK option without a complete block: whether tshark looks for one, because it suspects a duplicate SACK. */
  isBlockExpected(): boolean
  multipathOption(data: Uint8Array, start: number, length: number): void
}

/**
 * Walks the options of the packet's TCP header (RFC 9293 §3.1, RFC 7323, RFC 2018) and fills the segment's option fields.
 * Of an option that occurs twice the first is summed up, and the last one acts.
 * @returns false when a byte that the walk needs was not captured or is not there; effects until then stay.
 */
export function walkTcpOptions(packet: Packet, segment: Segment, listener: OptionListener): boolean {
  const { data, transportStart, dataEnd } = packet
  if (transportStart + FIXED_HEADER_BYTES > dataEnd) return false
  const end = transportStart + packet.tcpHeaderLength
  let at = transportStart + FIXED_HEADER_BYTES
  if (at >= end) return true
  if (end - at === 12 && end <= dataEnd && int32(data, at) === COMMON_OPTIONS) {
    setTimestamps(segment, data, at + 4)
    return true
  }
  while (at < end) {
    if (at >= dataEnd) return false
    const kind = data[at]
    if (kind === END_OF_LIST || kind === NO_OPERATION) {
      at++
      // after the end of the list any other byte ends the walk, but tshark still shows the rest as one item
      if (kind === END_OF_LIST) {
        while (at < end && at < dataEnd && data[at] === END_OF_LIST) at++
        return at >= end || end <= dataEnd
      }
      continue
    }
    if (at + 1 >= end) return true
    if (at + 1 >= dataEnd) return false
    const length = data[at + 1]
    if (length < 2) return true
    // the item that tells of an option too long, or of a wrong length, is two bytes shorter than the option
    if (at + length > end) return end - 2 <= dataEnd
    if (at + length > dataEnd && !(hasWrongLength(kind, length) && at + length - 2 <= dataEnd)) {
      // a snap length often cuts the echo off, but not the value
      if (kind === TIMESTAMPS && length === 10 && at + 6 <= dataEnd) segment.optionSummary |= SUMMARY_TIMESTAMPS
      return false
    }
    if (kind === MULTIPATH && !isWholeMultipath(data, at, length)) return false
    takeOption(kind, length, data, at, segment, listener)
    if (kind === SACK && length < LEAST_SACK_BYTES && listener.isBlockExpected()) return false
    at += length
  }
  return true
}

function hasWrongLength(kind: number, length: number): boolean {
  return (
    (kind === MSS && length !== 4) || (kind === WINDOW_SCALE && length !== 3) || (kind === TIMESTAMPS && length !== 10)
  )
}

function takeOption(
  kind: number,
  length: number,
  data: Uint8Array,
  at: number,
  segment: Segment,
  listener: OptionListener,
): void {
  switch (kind) {
    case MSS:
      if (length === 4 && (segment.optionSummary & SUMMARY_HAS_MSS) === 0) {
        segment.optionSummary |= SUMMARY_HAS_MSS | uint16(data, at + 2)
      }
      return
    case WINDOW_SCALE:
      if (length === 3) {
        const shift = Math.min(data[at + 2], LARGEST_SHIFT)
        if ((segment.optionSummary & (0xff << SUMMARY_SHIFT)) === 0)
          segment.optionSummary |= (shift + 1) << SUMMARY_SHIFT
        listener.windowScale(shift)
      }
      return
    case SACK_PERMITTED:
      segment.optionSummary |= SUMMARY_SACK_PERMITTED
      return
    case TIMESTAMPS:
      if (length === 10) setTimestamps(segment, data, at + 2)
      return
    case SACK:
      takeSack(length, data, at, segment, listener)
      return
    case MULTIPATH:
      listener.multipathOption(data, at, length)
      return
    default:
  }
}

function setTimestamps(segment: Segment, data: Uint8Array, at: number): void {
  segment.hasTimestamps = true
  segment.timestampValue = int32(data, at)
  segment.timestampEcho = int32(data, at + 4)
  segment.optionSummary |= SUMMARY_TIMESTAMPS
}

function takeSack(length: number, data: Uint8Array, at: number, segment: Segment, listener: OptionListener): void {
  listener.sackStarts()
  segment.sackBlocks = 0
  for (let block = at + 2; block + 8 <= at + length; block += 8) {
    const left = int32(data, block)
    const right = int32(data, block + 4)
    if (segment.sackBlocks < 4) {
      segment.sackEdges[2 * segment.sackBlocks] = left
      segment.sackEdges[2 * segment.sackBlocks + 1] = right
      segment.sackBlocks++
    }
    listener.sackBlock(left, right)
  }
}

/** Whether a Multipath TCP option has room for what its subtype and flags promise (RFC 8684 §3). */
function isWholeMultipath(data: Uint8Array, at: number, length: number): boolean {
  if (length < 3) return false
  const subtype = data[at + 2] >> 4
  if (subtype === 1 || subtype === 4 || subtype === 5) return true
  if (length < 4) return false
  if (subtype === 6 || subtype === 7) return length >= 12
  if (subtype !== DATA_SEQUENCE_SIGNAL) return true
  const flags = data[at + 3]
  const acknowledgmentBytes = (flags & 1) === 0 ? 0 : (flags & 2) === 0 ? 4 : 8
  const mappingBytes = (flags & 4) === 0 ? 0 : (flags & 8) === 0 ? 10 : 14
  return length >= 4 + acknowledgmentBytes + mappingBytes
}
