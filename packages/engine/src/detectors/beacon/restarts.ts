const MOST_FLOWS = 1 << 14
const MOST_RESTARTS = 2048

interface Restarts {
  readonly timesNs: number[]
  readonly frames: number[]
}

/** When UDP flows that had been silent for a while spoke again, by index of the flow. */
export class UdpRestarts {
  private readonly restarts = new Map<number, Restarts>()

  add(flow: number, timeNs: number, frame: number): void {
    let restarts = this.restarts.get(flow)
    if (restarts === undefined) {
      if (this.restarts.size >= MOST_FLOWS) return
      this.restarts.set(flow, (restarts = { timesNs: [], frames: [] }))
    }
    if (restarts.frames.length >= MOST_RESTARTS) return
    restarts.timesNs.push(timeNs)
    restarts.frames.push(frame)
  }

  /** The restarts of a flow that ends, forgotten with it; null when it never was silent. */
  give(flow: number): Restarts | null {
    const restarts = this.restarts.get(flow)
    if (restarts === undefined) return null
    this.restarts.delete(flow)
    return restarts
  }
}
