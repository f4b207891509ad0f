// Memory is taken from the end and never given back: records are used again by their own tables.

@external("host", "outOfMemory")
declare function outOfMemory(): void

const PAGE_SHIFT: usize = 16

let top: usize = __heap_base

/** Set when memory was grown, so that the host must renew its views. */
export let hasGrown: bool = false

export function forgetGrowth(): void {
  hasGrown = false
}

/** Zeroed bytes, aligned to 16. Pages that are not written to cost nothing. */
export function allocate(bytes: usize): usize {
  const start = (top + 15) & ~15
  top = start + bytes
  const neededPages = <i32>((top + (1 << PAGE_SHIFT) - 1) >> PAGE_SHIFT)
  const pages = memory.size()
  if (neededPages > pages) {
    const wanted = max(neededPages - pages, pages >> 3)
    if (memory.grow(wanted) < 0 && memory.grow(neededPages - pages) < 0) outOfMemory()
    hasGrown = true
  }
  return start
}

const RECORDS_SHIFT = 11
const RECORDS = 1 << RECORDS_SHIFT
const MOST_SLABS: usize = 1 << 14

/** Records of one size, found by index, in slabs of 2048 that never move. */
@unmanaged
export class Slabs {
  bytes: usize
  slabs: usize
  /** Indices handed out so far, and the chain of those given back, as index + 1 in a record's first word. */
  count: i32
  free: i32

  @inline
  at(index: i32): usize {
    return load<usize>(this.slabs + (<usize>(index >> RECORDS_SHIFT) << 2)) + <usize>(index & (RECORDS - 1)) * this.bytes
  }

  take(): i32 {
    if (this.free !== 0) {
      const index = this.free - 1
      const record = this.at(index)
      this.free = load<i32>(record)
      memory.fill(record, 0, this.bytes)
      return index
    }
    if ((this.count & (RECORDS - 1)) === 0) {
      const slab = <usize>(this.count >> RECORDS_SHIFT)
      if (slab >= MOST_SLABS) outOfMemory()
      store<usize>(this.slabs + (slab << 2), allocate(this.bytes << RECORDS_SHIFT))
    }
    return this.count++
  }

  give(index: i32): void {
    store<i32>(this.at(index), this.free)
    this.free = index + 1
  }
}

export function newSlabs(bytes: usize): Slabs {
  const slabs = changetype<Slabs>(allocate(offsetof<Slabs>()))
  slabs.bytes = bytes
  slabs.slabs = allocate(MOST_SLABS << 2)
  return slabs
}
