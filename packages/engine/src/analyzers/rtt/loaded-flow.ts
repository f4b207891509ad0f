/** Points of the history of acknowledgments that are kept of a flow; with fewer points a round trip they are further apart. */
const MOST_POINTS = 256
/** Points that a round trip is divided into. */
const STEPS = 64

/** One direction of a connection of which some round trips took far longer than its handshake. Times in ns, sizes in bytes. */
export class LoadedFlow {
  readonly baseNs: number
  /** Long round trips. */
  samples = 0
  sumNs = 0
  longestNs = 0
  mostInFlight = 0
  sumInFlight = 0
  fromNs = 0
  toNs = 0
  readonly frames: number[] = []
  /** Pairs of bytes in flight and round trip. */
  readonly pairs = new Pairs()
  private acknowledgedBytes = 0
  private firstAckNs = -1
  private lastAck = 0
  private lastAckNs = 0
  private readonly timesNs: number[] = []
  private readonly acks: number[] = []

  constructor(baseNs: number) {
    this.baseNs = baseNs
  }

  /**
   * A round trip of `rttNs` that ends now, with the acknowledgment of all before `ack`. One that acknowledges most of what was in
   * flight at once tells of a filled hole or of a receiver that waits, not of a queue, and is left out.
   */
  add(nowNs: number, ack: number, rttNs: number, frame: number): void {
    const advance = this.firstAckNs < 0 ? 0 : (ack - this.lastAck) | 0
    const inFlight = this.acknowledgedSince(nowNs - rttNs, ack)
    if (this.firstAckNs < 0) this.firstAckNs = nowNs
    this.acknowledgedBytes += advance
    this.lastAck = ack
    this.lastAckNs = nowNs
    const isJump = inFlight > 0 && 2 * advance > inFlight
    if (isJump) this.timesNs.length = this.acks.length = 0
    this.remember(nowNs, ack, rttNs)
    if (isJump) return
    this.addSample(nowNs, rttNs, frame)
    if (inFlight <= 0) return
    this.pairs.add(inFlight, rttNs)
    this.sumInFlight += inFlight
    this.mostInFlight = Math.max(this.mostInFlight, inFlight)
  }

  /** Rate at which data was acknowledged while the round trips were long, in bit/s. */
  get bitsPerSecond(): number {
    const durationNs = this.lastAckNs - this.firstAckNs
    return durationNs > 0 ? (this.acknowledgedBytes * 8e9) / durationNs : 0
  }

  private addSample(nowNs: number, rttNs: number, frame: number): void {
    if (this.samples === 0) this.fromNs = nowNs - rttNs
    this.samples++
    this.sumNs += rttNs
    this.longestNs = Math.max(this.longestNs, rttNs)
    this.toNs = Math.max(this.toNs, nowNs)
    if (this.frames.length < 1000) this.frames.push(frame)
  }

  /** Bytes acknowledged since a time: those that were in flight when a segment was sent that is acknowledged now. 0 when unknown. */
  private acknowledgedSince(timeNs: number, ack: number): number {
    const { timesNs, acks } = this
    if (timesNs.length === 0 || timesNs[0] > timeNs) return 0
    let low = 0
    let high = timesNs.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (timesNs[middle] <= timeNs) low = middle + 1
      else high = middle
    }
    return (ack - acks[low - 1]) | 0
  }

  private remember(nowNs: number, ack: number, rttNs: number): void {
    const { timesNs, acks } = this
    const last = timesNs.length - 1
    if (last >= 0 && nowNs - timesNs[last] < rttNs / STEPS) return
    timesNs.push(nowNs)
    acks.push(ack)
    if (timesNs.length > MOST_POINTS) {
      timesNs.splice(0, MOST_POINTS / 2)
      acks.splice(0, MOST_POINTS / 2)
    }
  }
}

/** Sums over pairs of numbers, for their correlation. */
export class Pairs {
  count = 0
  private x = 0
  private y = 0
  private xx = 0
  private yy = 0
  private xy = 0

  add(bytes: number, timeNs: number): void {
    const ms = timeNs / 1e6
    this.count++
    this.x += bytes
    this.y += ms
    this.xx += bytes * bytes
    this.yy += ms * ms
    this.xy += bytes * ms
  }

  /** Standard deviation of the round trips by their mean. */
  get spread(): number {
    const { count, y, yy } = this
    return y > 0 ? Math.sqrt(Math.max(0, count * yy - y * y)) / y : 0
  }

  /** Pearson's coefficient, −1 … 1; 0 when one of the two hardly varies. */
  get correlation(): number {
    const { count, x, y, xx, yy, xy } = this
    const variance = (count * xx - x * x) * (count * yy - y * y)
    return variance > 0 ? (count * xy - x * y) / Math.sqrt(variance) : 0
  }
}
