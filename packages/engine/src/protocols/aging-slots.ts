const FIRST_ROOM = 256
const NONE = -1

/** Words of a slot: the key's two, the next older slot, and the next newer one or, of a slot that is free, the next free one. */
const SLOT_WORDS = 4
const OLDER = 2
const NEWER = 3

/**
 * Gives things, the newest of a bounded number, a small integer each: the slot where their owner keeps in arrays what belongs to them.
 * They are found by a key of two integers of 32 bits, and known by age. O(1) an operation, and no objects: in a `Map` every key beyond
 * 32 bits is one.
 */
export class AgingSlots {
  private readonly capacity: number
  /** Open addressing with linear probing: a slot plus one, or 0; twice as many cells as there is room for slots. */
  private cells = new Int32Array(2 * FIRST_ROOM)
  private mask = 2 * FIRST_ROOM - 1
  private slots = new Int32Array(SLOT_WORDS * FIRST_ROOM)
  /** Slots given out so far, free ones included. */
  private used = 0
  private free = NONE
  private size = 0
  private first = NONE
  private last = NONE

  constructor(capacity: number) {
    this.capacity = capacity
  }

  get isFull(): boolean {
    return this.size >= this.capacity
  }

  /** Slot of the oldest key; -1 when there is none. */
  get oldest(): number {
    return this.first
  }

  /** Slot of the key that was added after the one in `slot`; -1 when that is the newest. */
  newerThan(slot: number): number {
    return this.slots[SLOT_WORDS * slot + NEWER]!
  }

  /** Slot of a key; -1 when it is not there. */
  find(high: number, low: number): number {
    return this.cells[this.cellOf(high, low)]! - 1
  }

  /** Gives a key that is not there a slot below the capacity, the newest from now on; not to be called when full. */
  add(high: number, low: number): number {
    if (this.free === NONE && SLOT_WORDS * this.used === this.slots.length) this.grow()
    const slots = this.slots
    const slot = this.free === NONE ? this.used++ : this.free
    const at = SLOT_WORDS * slot
    if (slot === this.free) this.free = slots[at + NEWER]!
    slots[at] = high
    slots[at + 1] = low
    slots[at + OLDER] = this.last
    slots[at + NEWER] = NONE
    if (this.last === NONE) this.first = slot
    else slots[SLOT_WORDS * this.last + NEWER] = slot
    this.last = slot
    this.size++
    this.cells[this.cellOf(high, low)] = slot + 1
    return slot
  }

  /** Forgets the key of a slot; the slot is given to another one. */
  remove(slot: number): void {
    const slots = this.slots
    const at = SLOT_WORDS * slot
    this.empty(this.cellOf(slots[at]!, slots[at + 1]!))
    const older = slots[at + OLDER]!
    const newer = slots[at + NEWER]!
    if (older === NONE) this.first = newer
    else slots[SLOT_WORDS * older + NEWER] = newer
    if (newer === NONE) this.last = older
    else slots[SLOT_WORDS * newer + OLDER] = older
    slots[at + NEWER] = this.free
    this.free = slot
    this.size--
  }

  /** The cell that holds a key, or the empty one where it would be. */
  private cellOf(high: number, low: number): number {
    const cells = this.cells
    const slots = this.slots
    let cell = homeOf(high, low) & this.mask
    for (;;) {
      const slot = cells[cell]! - 1
      if (slot < 0) return cell
      const at = SLOT_WORDS * slot
      if (slots[at] === high && slots[at + 1] === low) return cell
      cell = (cell + 1) & this.mask
    }
  }

  /** Empties a cell and moves those up that would not be found behind it any more. */
  private empty(cell: number): void {
    const cells = this.cells
    let hole = cell
    for (let next = (cell + 1) & this.mask; cells[next] !== 0; next = (next + 1) & this.mask) {
      const at = SLOT_WORDS * (cells[next]! - 1)
      const home = homeOf(this.slots[at]!, this.slots[at + 1]!)
      const isReachedPastHole = ((next - home) & this.mask) >= ((next - hole) & this.mask)
      if (!isReachedPastHole) continue
      cells[hole] = cells[next]!
      hole = next
    }
    cells[hole] = 0
  }

  private grow(): void {
    const slots = new Int32Array(2 * this.slots.length)
    slots.set(this.slots)
    this.slots = slots
    this.cells = new Int32Array(2 * this.cells.length)
    this.mask = this.cells.length - 1
    for (let slot = this.first; slot !== NONE; slot = this.newerThan(slot))
      this.cells[this.cellOf(slots[SLOT_WORDS * slot]!, slots[SLOT_WORDS * slot + 1]!)] = slot + 1
  }
}

function homeOf(high: number, low: number): number {
  const mixed = Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}
