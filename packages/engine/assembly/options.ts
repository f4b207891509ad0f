import { Connection, Side } from "./connection"
import { isBefore, isNotAfter } from "./flags"
import { Header, OPTIONS_OFFSET } from "./header"
import { Segment } from "./segment"

/** Follows a Multipath TCP option of `length` bytes at `pointer`; returns the link of the stream from now on. */
@external("host", "takeMultipath")
declare function takeMultipath(link: i32, pointer: usize, length: i32): i32

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
const SACK_BLOCKS_COUNTED = 3
const SACK_BLOCKS_KEPT = 4
/** NOP NOP TIMESTAMPS 10, as a little-endian number: what most segments carry. */
const COMMON_OPTIONS: i32 = 0x0a080101

const SUMMARY_SHIFT = 16
const SUMMARY_SACK_PERMITTED = 1 << 24
const SUMMARY_TIMESTAMPS = 1 << 25
const SUMMARY_HAS_MSS = 1 << 26

let sackBlocksCounted: i32 = 0
/** What the duplicate SACK test looks at: blocks in the header so far, the end of the first, whether the second holds that end. */
let sackBlocksInHeader: i32 = 0
let firstSackEnd: i32 = 0
let isSecondBlockAround: bool = false
/** Kinds of Multipath TCP options in the header, as bits. */
export let multipathKinds: i32 = 0

/**
 * Walks the options of the TCP header (RFC 9293 §3.1, RFC 7323, RFC 2018), fills the segment's option fields and lets them act on the
 * sides. Of an option that occurs twice the first is summed up, and the last one acts.
 * Returns false when a byte that the walk needs was not captured or is not there; effects until then stay.
 */
export function walkOptions(
  header: Header,
  segment: Segment,
  connection: Connection,
  forward: Side,
  reverse: Side,
): bool {
  sackBlocksInHeader = 0
  multipathKinds = 0
  const captured = header.optionBytes
  if (captured < 0) return false
  const end = header.tcpHeaderLength - FIXED_HEADER_BYTES
  if (end <= 0) return true
  const data = changetype<usize>(header) + OPTIONS_OFFSET
  if (end === 12 && end <= captured && load<i32>(data) === COMMON_OPTIONS) {
    setTimestamps(segment, data + 4)
    return true
  }
  let at = 0
  while (at < end) {
    if (at >= captured) return false
    const kind = <i32>load<u8>(data + at)
    if (kind === END_OF_LIST || kind === NO_OPERATION) {
      at++
      // after the end of the list any other byte ends the walk, but tshark still shows the rest as one item
      if (kind === END_OF_LIST) {
        while (at < end && at < captured && load<u8>(data + at) === END_OF_LIST) at++
        return at >= end || end <= captured
      }
      continue
    }
    if (at + 1 >= end) return true
    if (at + 1 >= captured) return false
    const length = <i32>load<u8>(data + at + 1)
    if (length < 2) return true
    // the item that tells of an option too long, or of a wrong length, is two bytes shorter than the option
    if (at + length > end) return end - 2 <= captured
    if (at + length > captured && !(hasWrongLength(kind, length) && at + length - 2 <= captured)) {
      // a snap length often cuts the echo off, but not the value
      if (kind === TIMESTAMPS && length === 10 && at + 6 <= captured) segment.optionSummary |= SUMMARY_TIMESTAMPS
      return false
    }
    if (kind === MULTIPATH) {
      if (!isWholeMultipath(data + at, length)) return false
      connection.multipath = takeMultipath(connection.multipath, data + at, length)
      if (length >= 3) multipathKinds |= 1 << (load<u8>(data + at + 2) >> 4)
    } else takeOption(kind, length, data + at, segment, forward)
    if (kind === SACK && length < LEAST_SACK_BYTES && isBlockExpected(segment, reverse)) return false
    at += length
  }
  return true
}

function hasWrongLength(kind: i32, length: i32): bool {
  return (
    (kind === MSS && length !== 4) || (kind === WINDOW_SCALE && length !== 3) || (kind === TIMESTAMPS && length !== 10)
  )
}

function takeOption(kind: i32, length: i32, option: usize, segment: Segment, forward: Side): void {
  switch (kind) {
    case MSS:
      if (length === 4 && (segment.optionSummary & SUMMARY_HAS_MSS) === 0) {
        segment.optionSummary |= SUMMARY_HAS_MSS | <i32>bswap<u16>(load<u16>(option + 2))
      }
      return
    case WINDOW_SCALE:
      if (length === 3) {
        const shift = min<i32>(<i32>load<u8>(option + 2), LARGEST_SHIFT)
        if ((segment.optionSummary & (0xff << SUMMARY_SHIFT)) === 0) {
          segment.optionSummary |= (shift + 1) << SUMMARY_SHIFT
        }
        forward.shift = shift
      }
      return
    case SACK_PERMITTED:
      segment.optionSummary |= SUMMARY_SACK_PERMITTED
      return
    case TIMESTAMPS:
      if (length === 10) setTimestamps(segment, option + 2)
      return
    case SACK:
      takeSack(length, option, segment, forward)
      return
    default:
  }
}

function setTimestamps(segment: Segment, at: usize): void {
  segment.hasTimestamps = 1
  segment.timestampValue = bswap<i32>(load<i32>(at))
  segment.timestampEcho = bswap<i32>(load<i32>(at + 4))
  segment.optionSummary |= SUMMARY_TIMESTAMPS
}

function takeSack(length: i32, option: usize, segment: Segment, forward: Side): void {
  forward.sacked = 0
  sackBlocksCounted = 0
  segment.sackBlocks = 0
  for (let block = 2; block + 8 <= length; block += 8) {
    const left = bswap<i32>(load<i32>(option + block))
    const right = bswap<i32>(load<i32>(option + block + 4))
    if (segment.sackBlocks < SACK_BLOCKS_KEPT) {
      segment.setSackEdge(2 * segment.sackBlocks, left)
      segment.setSackEdge(2 * segment.sackBlocks + 1, right)
      segment.sackBlocks++
    }
    const position = sackBlocksInHeader++
    if (position === 0) firstSackEnd = right
    else if (position === 1) isSecondBlockAround = isBefore(left, firstSackEnd) && !isBefore(right, firstSackEnd)
    if (sackBlocksCounted++ < SACK_BLOCKS_COUNTED) forward.sacked += right - left
  }
}

/** Asked of a SACK option without a complete block: whether tshark looks for one, because it suspects a duplicate SACK. */
function isBlockExpected(segment: Segment, reverse: Side): bool {
  if (sackBlocksInHeader > 1 && isSecondBlockAround) return true
  const firstEnd = sackBlocksInHeader > 0 ? firstSackEnd - reverse.base : 0
  return isNotAfter(firstEnd, segment.relativeAcknowledgment)
}

/** Whether a Multipath TCP option has room for what its subtype and flags promise (RFC 8684 §3). */
function isWholeMultipath(option: usize, length: i32): bool {
  if (length < 3) return false
  const subtype = load<u8>(option + 2) >> 4
  if (subtype === 1 || subtype === 4 || subtype === 5) return true
  if (length < 4) return false
  if (subtype === 6 || subtype === 7) return length >= 12
  if (subtype !== DATA_SEQUENCE_SIGNAL) return true
  const flags = load<u8>(option + 3)
  const acknowledgmentBytes = (flags & 1) === 0 ? 0 : (flags & 2) === 0 ? 4 : 8
  const mappingBytes = (flags & 4) === 0 ? 0 : (flags & 8) === 0 ? 10 : 14
  return length >= 4 + acknowledgmentBytes + mappingBytes
}
