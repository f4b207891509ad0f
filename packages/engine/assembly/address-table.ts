import { allocate } from './memory'

const FIRST_SLOTS: usize = 1 << 12
const SLOT_SHIFT: usize = 3
const ENTRY_BYTES: usize = 16
const MOST_ADDRESSES = 1 << 18
const BLOCK_SHIFT = 10
const MOST_BLOCKS = MOST_ADDRESSES >> BLOCK_SHIFT

/** Addresses for which there is room at any time: memory must not grow while the host looks at it, so room is made beforehand. */
const SPARE_ADDRESSES = 1 << 10

let slots: usize = 0
let mask: i32 = 0
let blocks: usize = 0
/** Addresses numbered so far, and so many for which there is room. */
let count: i32 = 0
let roomFor: i32 = 0

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
  if (count >= roomFor) return 0
  const number = ++count
  memory.copy(entry(number), pointer, ENTRY_BYTES)
  store<i32>(at, hash)
  store<i32>(at, number, 4)
  return number
}

function grow(): void {
  const size = (mask + 1) * 4
  slots = allocate(<usize>size << SLOT_SHIFT)
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
  slots = allocate(FIRST_SLOTS << SLOT_SHIFT)
  mask = <i32>FIRST_SLOTS - 1
  blocks = allocate(MOST_BLOCKS << 2)
  reserveAddresses()
}

/** Makes room for the addresses that the host may ask for until this is called again; memory may grow. Amortised O(1) an address. */
export function reserveAddresses(): void {
  const wanted = min(count + SPARE_ADDRESSES, MOST_ADDRESSES - 1)
  if (wanted <= roomFor) return
  while (wanted * 2 > mask) grow()
  for (let block = roomFor >> BLOCK_SHIFT; block <= wanted >> BLOCK_SHIFT; block++) {
    const at = blocks + (<usize>block << 2)
    if (load<usize>(at) === 0) store<usize>(at, allocate(ENTRY_BYTES << BLOCK_SHIFT))
  }
  // numbers up to the end of the last block fit, as long as the table has slots for them
  roomFor = min(min(((wanted >> BLOCK_SHIFT) + 1 << BLOCK_SHIFT) - 1, mask >> 1), MOST_ADDRESSES - 1)
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
