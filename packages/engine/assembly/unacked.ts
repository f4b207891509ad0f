import { Side } from "./connection"
import { Header } from "./header"
import { allocate } from "./memory"

/** Segments one direction remembers, as in tshark. */
const MOST_ENTRIES = 10_000

@unmanaged
class Entry {
  frame: i32
  start: i32
  end: i32
  next: usize
  timeNs: f64
}

let mostSegments: i32 = 0
let used: i32 = 0
let free: usize = 0
let pool: usize = 0
const POOL_ENTRIES = 1 << 10

/** Segments not remembered because all connections together hold too many. */
export let droppedSegments: i32 = 0
/** Results of acknowledge: frame and time of the acknowledged segment, frame 0 when none ends at the number. */
export let ackedFrame: i32 = 0
export let ackedTimeNs: f64 = 0

export function initUnacked(most: i32): void {
  mostSegments = most
}

@inline
function entryAt(pointer: usize): Entry {
  return changetype<Entry>(pointer)
}

@inline
export function isEmpty(side: Side): bool {
  return side.count === 0
}

@inline
export function hasRoom(side: Side): bool {
  return side.count < MOST_ENTRIES
}

@inline
export function oldestFrame(side: Side): i32 {
  return entryAt(side.oldest).frame
}

@inline
export function oldestTimeNs(side: Side): f64 {
  return entryAt(side.oldest).timeNs
}

/**
 * Remembers the header's segment, which ends before `end`, in the side's queue of what the peer has not acknowledged.
 * O(1). An acknowledgment visits what it removes and one more, unless segments overlap: then it visits all, at most 10 000.
 */
export function addUnacked(side: Side, header: Header, end: i32): void {
  const pointer = take()
  if (pointer === 0) {
    droppedSegments++
    return
  }
  const start = header.sequence
  const entry = entryAt(pointer)
  entry.frame = header.number
  entry.start = start
  entry.end = end
  entry.next = 0
  entry.timeNs = header.timeNs
  const relativeStart = start - side.base
  const relativeEnd = end - side.base
  if (side.newest === 0) {
    side.oldest = pointer
    side.isTangled = 0
    side.isStale = 0
    side.leastStart = relativeStart
    side.greatestEnd = relativeEnd
    side.scannedNewest = 0
  } else {
    const newest = entryAt(side.newest)
    const isInOrder = start - newest.end >= 0 && end - entryAt(side.oldest).start > 0
    if (!isInOrder) side.isTangled = 1
    newest.next = pointer
    if (<u32>relativeStart < <u32>side.leastStart) side.leastStart = relativeStart
    if (<u32>relativeEnd > <u32>side.greatestEnd) side.greatestEnd = relativeEnd
  }
  side.newest = pointer
  side.count++
}

/** Removes what `ack` covers; says in `ackedFrame` which remembered segment ends exactly there (the oldest of several). */
export function acknowledge(side: Side, ack: i32): void {
  ackedFrame = 0
  if (side.newest === 0) return
  const isTangled = side.isTangled !== 0
  const canStopEarly = !isTangled && entryAt(side.newest).end - ack > 0
  let previous: usize = 0
  let pointer = side.oldest
  if (side.scannedNewest !== 0 && side.scannedAck === ack) {
    previous = side.scannedNewest
    pointer = entryAt(previous).next
  }
  while (pointer !== 0) {
    const entry = entryAt(pointer)
    const start = entry.start
    const end = entry.end
    const next = entry.next
    let isKept = true
    if (end === ack) {
      if (ackedFrame === 0) {
        ackedFrame = entry.frame
        ackedTimeNs = entry.timeNs
      }
      isKept = false
    } else if (start - ack < 0 && ack - end <= 0) {
      entry.start = ack
      if (canStopEarly) break
    } else if (ack - end < 0) {
      if (canStopEarly && start - ack >= 0) break
    } else {
      isKept = false
    }
    if (isKept) previous = pointer
    else remove(side, pointer, previous, next)
    pointer = next
  }
  side.scannedAck = ack
  side.scannedNewest = canStopEarly ? 0 : side.newest
  if (isTangled) side.isStale = 1
  else measureInOrder(side)
}

/** Bytes between the first and the last remembered, as tshark counts: unsigned numbers relative to the base. */
export function span(side: Side): u32 {
  if (side.isStale !== 0) measure(side)
  return <u32>side.greatestEnd - <u32>side.leastStart
}

/** Forgets everything one direction remembers. */
export function clear(side: Side): void {
  for (let pointer = side.oldest; pointer !== 0; ) {
    const next = entryAt(pointer).next
    release(pointer)
    pointer = next
  }
  side.oldest = 0
  side.newest = 0
  side.count = 0
  side.scannedNewest = 0
}

/** Span of segments in order: from the oldest to the newest, unless numbers wrapped past the base in between. */
function measureInOrder(side: Side): void {
  if (side.oldest === 0) return
  const least = entryAt(side.oldest).start - side.base
  const greatest = entryAt(side.newest).end - side.base
  side.leastStart = least
  side.greatestEnd = greatest
  side.isStale = i32(<u32>greatest < <u32>least)
}

function measure(side: Side): void {
  let least: u32 = 0xffffffff
  let greatest: u32 = 0
  for (let pointer = side.oldest; pointer !== 0; pointer = entryAt(pointer).next) {
    const entry = entryAt(pointer)
    least = min(least, <u32>(entry.start - side.base))
    greatest = max(greatest, <u32>(entry.end - side.base))
  }
  side.leastStart = <i32>least
  side.greatestEnd = <i32>greatest
  side.isStale = 0
}

function remove(side: Side, pointer: usize, previous: usize, next: usize): void {
  if (previous === 0) side.oldest = next
  else entryAt(previous).next = next
  if (next === 0) side.newest = previous
  side.count--
  release(pointer)
}

function release(pointer: usize): void {
  entryAt(pointer).next = free
  free = pointer
}

function take(): usize {
  if (free !== 0) {
    const pointer = free
    free = entryAt(pointer).next
    return pointer
  }
  if (used >= mostSegments) return 0
  if (used % POOL_ENTRIES === 0) pool = allocate(POOL_ENTRIES * offsetof<Entry>())
  return pool + <usize>(used++ % POOL_ENTRIES) * offsetof<Entry>()
}
