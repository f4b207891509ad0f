/** Events after which a story is taken for one that never ends. */
const MOST_EVENTS = 2_000_000

/** Something that will happen, unless it is cancelled before. */
export interface Timer {
  readonly timeNs: number
  cancel(): void
}

interface Event extends Timer {
  readonly order: number
  readonly action: () => void
  isCancelled: boolean
}

/** Events in the order of their times; those of one time in the order in which they were scheduled. */
export class Simulation {
  nowNs = 0
  readonly #heap: Event[] = []
  #scheduled = 0

  after(delayNs: number, action: () => void): Timer {
    return this.at(this.nowNs + Math.max(0, Math.round(delayNs)), action)
  }

  at(timeNs: number, action: () => void): Timer {
    const event: Event = {
      timeNs,
      order: this.#scheduled++,
      action,
      isCancelled: false,
      cancel() {
        this.isCancelled = true
      },
    }
    this.#push(event)
    return event
  }

  /** Lets everything happen. @throws {Error} when it never ends. */
  run(): void {
    let events = 0
    for (let event = this.#heap[0]; event !== undefined; event = this.#heap[0]) {
      if (++events > MOST_EVENTS) throw new Error(`the story does not end: ${events} events`)
      this.#pop()
      if (event.isCancelled) continue
      this.nowNs = event.timeNs
      event.action()
    }
  }

  #push(event: Event): void {
    const heap = this.#heap
    let i = heap.push(event) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!isBefore(event, heap[parent])) break
      heap[i] = heap[parent]
      i = parent
    }
    heap[i] = event
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let i = 0
    for (let child = 1; child < heap.length; child = 2 * i + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++
      if (!isBefore(heap[child], last)) break
      heap[i] = heap[child]
      i = child
    }
    heap[i] = last
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.timeNs < b.timeNs || (a.timeNs === b.timeNs && a.order < b.order)
}
