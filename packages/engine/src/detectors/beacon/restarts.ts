const FIRST_CAPACITY = 1 << 12
const MOST_FLOWS = 1 << 14
const MOST_RESTARTS = 2048

interface Restarts {
  readonly timesNs: number[]
  readonly frames: number[]
}

/** When UDP flows that had been silent for a while spoke again, told by their first sender. O(1) and no memory for a busy flow. */
export class UdpRestarts {
  private readonly silenceNs: number
  /** Time of the last datagram, by index of the flow. */
  private lastNs = new Float64Array(FIRST_CAPACITY)
  private readonly restarts = new Map<number, Restarts>()

  constructor(silenceNs: number) {
    this.silenceNs = silenceNs
  }

  take(flow: number, direction: number, isFirst: boolean, timeNs: number, frame: number): void {
    if (flow >= this.lastNs.length) this.grow(flow)
    const silentNs = timeNs - this.lastNs[flow]
    this.lastNs[flow] = timeNs
    if (isFirst) this.restarts.delete(flow)
    else if (silentNs >= this.silenceNs && direction === 0) this.add(flow, timeNs, frame)
  }

  /** The restarts of a flow that ends, forgotten with it; null when it never was silent. */
  give(flow: number): Restarts | null {
    const restarts = this.restarts.get(flow)
    if (restarts === undefined) return null
    this.restarts.delete(flow)
    return restarts
  }

  private add(flow: number, timeNs: number, frame: number): void {
    let restarts = this.restarts.get(flow)
    if (restarts === undefined) {
      if (this.restarts.size >= MOST_FLOWS) return
      this.restarts.set(flow, (restarts = { timesNs: [], frames: [] }))
    }
    if (restarts.frames.length >= MOST_RESTARTS) return
    restarts.timesNs.push(timeNs)
    restarts.frames.push(frame)
  }

  private grow(flow: number): void {
    const lastNs = new Float64Array(2 ** Math.ceil(Math.log2(flow + 1)))
    lastNs.set(this.lastNs)
    this.lastNs = lastNs
  }
}
