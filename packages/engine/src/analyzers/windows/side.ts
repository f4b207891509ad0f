import type { Observations } from '../../core/observations.ts'

/** Frames of closed windows that are remembered of one side. */
export const MOST_CLOSED_FRAMES = 1000

// Offsets from the start of the side in words, then in doubles; the order is that of assembly/window-side.ts.
const ADVERTISED = 0
const SMALL = 1
const ZERO = 2
const LEAST = 3
const GREATEST = 4
const UNSCALED = 6
const DATA_SEGMENTS = 7
const RESENT = 8
const MOST_IN_FLIGHT = 9
const RESUMES = 10
const RESUMED_FULL = 11
const RESUMED_LATE = 12
const FIRST_DATA_FRAME = 14
const CLOSED_SINCE = 8
const CLOSED = 9
const LONGEST_CLOSED = 10
const FIRST_DATA_TIME = 12
const LAST_DATA_TIME = 13
const WINDOW_SUM = 14

/**
 * One side of a connection: what it advertised as a receiver, then what it sent. Times in ns since the first frame, sizes in bytes.
 * Borrowed: overwritten when the next one is read.
 */
export class WindowSide {
  /** It advertised a window at all, and a small one. */
  isAdvertised = false
  isSmall = false
  /** Segments that closed the window. */
  zeroWindows = 0
  leastBytes = 0
  greatestBytes = 0
  /** The scale is unknown, so that windows are too small by a factor nobody knows. */
  isUnscaled = false
  closedNs = 0
  longestClosedNs = 0
  dataSegments = 0
  resent = 0
  mostInFlight = 0
  /** Times that it went on sending after the other side had spoken. */
  resumes = 0
  /** Of these: the window had been full before; nothing was in flight and it took longer than a round trip explains. */
  resumedFull = 0
  resumedLate = 0
  firstDataFrame = 0
  firstDataNs = 0
  lastDataNs = 0
  /** Sum of the windows that the other side's data was sent into. */
  windowSumBytes = 0

  /** Reads a side that the core followed, as it is when the connection ends at `endNs`; false when nothing was observed. */
  read(observations: Observations, connection: number, direction: number, endNs: number): boolean {
    const at = observations.windowSideAt(connection, direction)
    if (at === 0) return false
    const { words, doubles } = observations
    const doublesAt = at >> 1
    const closedSinceNs = doubles[doublesAt + CLOSED_SINCE]
    const lastClosedNs = closedSinceNs === 0 ? 0 : Math.max(0, endNs + 1 - closedSinceNs)
    this.isAdvertised = words[at + ADVERTISED] !== 0
    this.isSmall = words[at + SMALL] !== 0
    this.zeroWindows = words[at + ZERO]
    this.leastBytes = words[at + LEAST]
    this.greatestBytes = words[at + GREATEST]
    this.isUnscaled = words[at + UNSCALED] !== 0
    this.closedNs = doubles[doublesAt + CLOSED] + lastClosedNs
    this.longestClosedNs = Math.max(doubles[doublesAt + LONGEST_CLOSED], lastClosedNs)
    this.dataSegments = words[at + DATA_SEGMENTS]
    this.resent = words[at + RESENT]
    this.mostInFlight = words[at + MOST_IN_FLIGHT]
    this.resumes = words[at + RESUMES]
    this.resumedFull = words[at + RESUMED_FULL]
    this.resumedLate = words[at + RESUMED_LATE]
    this.firstDataFrame = words[at + FIRST_DATA_FRAME]
    this.firstDataNs = doubles[doublesAt + FIRST_DATA_TIME]
    this.lastDataNs = doubles[doublesAt + LAST_DATA_TIME]
    this.windowSumBytes = doubles[doublesAt + WINDOW_SUM]
    return true
  }
}

/**
 * What a receive window twice as large saves of the time in which somebody sent: half of the share of it that went by with the window
 * full, as then twice as much is sent a round trip, if the path has room.
 */
export function savedByDoubling(sendingNs: number, fullShare: number): number {
  return Math.round((sendingNs * Math.min(1, fullShare)) / 2)
}

/** How often a sender had filled the window before it went on, 0 to 1; 0 where the scale of the window is unknown. */
export function fullWindowShare(observations: Observations, connection: number, sender: number): number {
  const at = observations.windowSideAt(connection, sender)
  const receiverAt = observations.windowSideAt(connection, sender ^ 1)
  const { words } = observations
  if (at === 0 || receiverAt === 0 || words[receiverAt + UNSCALED] !== 0 || words[at + RESUMES] === 0) return 0
  return Math.min(1, words[at + RESUMED_FULL] / words[at + RESUMES])
}
