import { type TransferLimit, type TransferLimits, transferLimits } from '@pcap-analyzer/engine'

/** A transfer is judged from so many bytes on. */
const LEAST_BYTES = 100_000
/** A round trip so much longer than the shortest shows that a queue fills: the path carries no more. */
const QUEUED_FACTOR = 1.5
const QUEUED_NS = 1e6
const NEVER = Number.POSITIVE_INFINITY

type Tally = Record<TransferLimit, number>

/** What a segment with data tells. Times in ns, numbers relative. */
export interface SentData {
  readonly timeNs: number
  readonly sequence: number
  readonly payloadBytes: number
  readonly isResent: boolean
}

/** What an acknowledgment tells; `windowBytes` is null while its scale is unknown, `rttNs` 0 without a sample. */
export interface Acknowledgment {
  readonly timeNs: number
  readonly acknowledged: number
  readonly windowBytes: number | null
  readonly rttNs: number
}

/**
 * Splits the time of a transfer, from its first data to its last, by what held the sender back, from the bytes that were in flight as the
 * sender saw them. An acknowledgment reaches the sender only after the way between it and the capture point, and what it then sends needs
 * the same way back, so acknowledgments count later by that round trip.
 *
 * What stood in the way at any moment, the first that applies: something was sent again and not all before it is acknowledged, or it is
 * waited for (loss recovery); no room for a whole segment in the window (receiver window); nothing in flight, or the last segment was not
 * full, so there was no more to send (application); acknowledgments are awaited, and come late because a queue has filled (path) or not
 * (congestion window).
 */
export class TransferLimitsOfSide {
  private readonly lagNs: number
  private readonly settled: Tally = newTally()
  /** Since the last data: up to the last acknowledgment that brought something new, and after it. */
  private open: Tally = newTally()
  private sinceProgress: Tally = newTally()
  private readonly late: Acknowledgment[] = []
  private firstNs = NEVER
  private lastNs = 0
  private nowNs = 0
  private payloadBytes = 0
  private largest = 0
  private highest = 0
  private acknowledged = 0
  private windowBytes: number | null = null
  private isLastShort = false
  /** What had been sent when something was sent again last. */
  private recoveryEnd = -1
  private leastRttNs = NEVER
  private rttNs = 0
  private mostInFlight = 0

  /** @param lagNs round trip between the sender and the capture point */
  constructor(lagNs: number) {
    this.lagNs = lagNs
  }

  sent(data: SentData): void {
    this.arrive(data.timeNs)
    const { timeNs, sequence, payloadBytes, isResent } = data
    if (this.firstNs === NEVER) {
      this.firstNs = timeNs
      this.nowNs = timeNs
      this.acknowledged = Math.max(this.acknowledged, sequence)
    }
    this.pass(timeNs)
    this.settle(isResent)
    this.lastNs = Math.max(this.lastNs, timeNs)
    const end = sequence + payloadBytes
    if (isResent) this.recoveryEnd = Math.max(this.recoveryEnd, this.highest)
    else this.payloadBytes += payloadBytes
    this.largest = Math.max(this.largest, payloadBytes)
    if (end >= this.highest) this.isLastShort = payloadBytes < this.largest
    this.highest = Math.max(this.highest, end)
    this.mostInFlight = Math.max(this.mostInFlight, this.highest - this.acknowledged)
  }

  acknowledge(acknowledgment: Acknowledgment): void {
    this.late.push(acknowledgment)
  }

  /** Null of a transfer too small to judge. */
  result(): TransferLimits | null {
    if (this.payloadBytes < LEAST_BYTES || this.lastNs <= this.firstNs) return null
    return {
      payloadBytes: this.payloadBytes,
      durationNs: this.lastNs - this.firstNs,
      mostInFlightBytes: this.mostInFlight,
      leastRttNs: this.leastRttNs === NEVER ? 0 : this.leastRttNs,
      limitNs: { ...this.settled },
    }
  }

  /** Acknowledgments that have reached the sender by now. */
  private arrive(timeNs: number): void {
    const { late, lagNs } = this
    let count = 0
    for (; count < late.length && late[count].timeNs + lagNs <= timeNs; count++) {
      const { acknowledged, windowBytes, rttNs } = late[count]
      this.pass(late[count].timeNs + lagNs)
      if (acknowledged > this.acknowledged) {
        this.acknowledged = acknowledged
        for (const limit of transferLimits) this.open[limit] += this.sinceProgress[limit]
        this.sinceProgress = newTally()
      }
      this.windowBytes = windowBytes
      if (rttNs > 0) {
        this.rttNs = rttNs + lagNs
        this.leastRttNs = Math.min(this.leastRttNs, this.rttNs)
      }
    }
    late.splice(0, count)
  }

  private pass(timeNs: number): void {
    const passedNs = timeNs - this.nowNs
    if (this.firstNs === NEVER || passedNs <= 0) return
    this.sinceProgress[this.limit()] += passedNs
    this.nowNs = timeNs
  }

  /** With data sent, the time since the data before is judged; with data sent again, the wait for it was loss recovery. */
  private settle(isResent: boolean): void {
    for (const limit of transferLimits) {
      this.settled[limit] += this.open[limit]
      this.settled[isResent ? 'loss-recovery' : limit] += this.sinceProgress[limit]
    }
    this.open = newTally()
    this.sinceProgress = newTally()
  }

  private limit(): TransferLimit {
    const inFlight = this.highest - this.acknowledged
    if (this.acknowledged < this.recoveryEnd) return 'loss-recovery'
    if (this.windowBytes !== null && this.windowBytes - inFlight < this.largest) return 'receiver-window'
    if (inFlight <= 0 || this.isLastShort) return 'application'
    const isQueued = this.rttNs >= QUEUED_FACTOR * this.leastRttNs && this.rttNs >= this.leastRttNs + QUEUED_NS
    return isQueued ? 'path' : 'congestion-window'
  }
}

function newTally(): Tally {
  return { application: 0, 'receiver-window': 0, 'congestion-window': 0, 'loss-recovery': 0, path: 0 }
}
