import { allocate } from './memory'

const FIRST_SLOTS: usize = 1 << 10
const SLOT_SHIFT: usize = 3
const ENTRY_BYTES: usize = 16
const MOST_ADDRESSES = 1 << 18
const BLOCK_SHIFT = 10
const MOST_BLOCKS = MOST_ADDRESSES >> BLOCK_SHIFT

/** Room for everything, taken at once: memory must not grow while the host looks at it. Pages that are not written to cost nothing. */
const ARENA_BYTES: usize = 16 << 20

let arena: usize = 0
let slots: usize = 0
let mask: i32 = 0
let blocks: usize = 0
/** Addresses numbered so far. */
let count: i32 = 0

/**
 * Number of an address, the same for equal ones, so that its text is made once: 1 …, or 0 when there are too many. IPv4 addresses are one
 * word and three zeros, which no IPv6 address in use is. O(1).
 */
export function addressNumber(pointer: usize): i32 {
  const hash = hashOf(pointer)
  let at = slots + (<usize>(hash & mask) << SLOT_SHIFT)
  let number = load<i32>(at, 4)
  for (let slot = hash; number !== 0; number = load<i32>(at, 4)) {
    if (load<i32>(at) === hash && memory.compare(entry(number), pointer, ENTRY_BYTES) === 0) return number
    at = slots + (<usize>(++slot & mask) << SLOT_SHIFT)
  }
  return add(pointer, hash, at)
}

function add(pointer: usize, hash: i32, at: usize): i32 {
  if (count + 1 >= MOST_ADDRESSES) return 0
  const number = ++count
  const block = blocks + (<usize>(number >> BLOCK_SHIFT) << 2)
  if (load<usize>(block) === 0) store<usize>(block, takeRoom(ENTRY_BYTES << BLOCK_SHIFT))
  memory.copy(entry(number), pointer, ENTRY_BYTES)
  store<i32>(at, hash)
  store<i32>(at, number, 4)
  if (count * 2 > mask) grow()
  return number
}

function grow(): void {
  const size = (mask + 1) * 4
  slots = takeRoom(<usize>size << SLOT_SHIFT)
  mask = size - 1
  for (let number = 1; number <= count; number++) {
    const hash = hashOf(entry(number))
    let slot = hash & mask
    while (load<i32>(slots + (<usize>slot << SLOT_SHIFT), 4) !== 0) slot = (slot + 1) & mask
    store<i32>(slots + (<usize>slot << SLOT_SHIFT), hash)
    store<i32>(slots + (<usize>slot << SLOT_SHIFT), number, 4)
  }
}

export function initAddresses(): void {
  arena = allocate(ARENA_BYTES)
  slots = takeRoom(FIRST_SLOTS << SLOT_SHIFT)
  mask = <i32>FIRST_SLOTS - 1
  blocks = takeRoom(MOST_BLOCKS << 2)
}

/** Part of the arena, which holds all blocks and every size of the table up to the largest. */
function takeRoom(bytes: usize): usize {
  const room = arena
  arena += bytes
  return room
}

@inline
function entry(number: i32): usize {
  const block = load<usize>(blocks + (<usize>(number >> BLOCK_SHIFT) << 2))
  return block + <usize>(number & ((1 << BLOCK_SHIFT) - 1)) * ENTRY_BYTES
}

function hashOf(pointer: usize): i32 {
  let hash = 0x12345
  for (let i: usize = 0; i < ENTRY_BYTES; i += 4) {
    hash = (hash ^ load<i32>(pointer + i)) * <i32>0x9e3779b1
    hash ^= hash >>> 15
  }
  return hash
}
