import type { Observations } from '../../core/observations.ts'

/** Frames of closed windows that are remembered of one side. */
export const MOST_CLOSED_FRAMES = 1000

/** One side of a connection: what it advertised as a receiver, then what it sent. Times in ns since the first frame, sizes in bytes. */
export interface WindowSide {
  /** It advertised a window at all, and a small one. */
  readonly isAdvertised: boolean
  readonly isSmall: boolean
  /** Segments that closed the window. */
  readonly zeroWindows: number
  readonly leastBytes: number
  readonly greatestBytes: number
  /** The scale is unknown, so that windows are too small by a factor nobody knows. */
  readonly isUnscaled: boolean
  readonly closedNs: number
  readonly longestClosedNs: number
  readonly dataSegments: number
  readonly resent: number
  readonly mostInFlight: number
  /** Times that it went on sending after the other side had spoken. */
  readonly resumes: number
  /** Of these: the window had been full before; nothing was in flight and it took longer than a round trip explains. */
  readonly resumedFull: number
  readonly resumedLate: number
  readonly firstDataFrame: number
  readonly firstDataNs: number
  readonly lastDataNs: number
  /** Sum of the windows that the other side's data was sent into. */
  readonly windowSumBytes: number
}

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

/** Reads a side that the core followed, as it is when the connection ends at `endNs`; null when nothing was observed. */
export function readWindowSide(
  observations: Observations,
  connection: number,
  direction: number,
  endNs: number,
): WindowSide | null {
  const at = observations.windowSideAt(connection, direction)
  if (at === 0) return null
  const { words, doubles } = observations
  const doublesAt = at >> 1
  const closedSinceNs = doubles[doublesAt + CLOSED_SINCE]
  const lastClosedNs = closedSinceNs === 0 ? 0 : Math.max(0, endNs + 1 - closedSinceNs)
  return {
    isAdvertised: words[at + ADVERTISED] !== 0,
    isSmall: words[at + SMALL] !== 0,
    zeroWindows: words[at + ZERO],
    leastBytes: words[at + LEAST],
    greatestBytes: words[at + GREATEST],
    isUnscaled: words[at + UNSCALED] !== 0,
    closedNs: doubles[doublesAt + CLOSED] + lastClosedNs,
    longestClosedNs: Math.max(doubles[doublesAt + LONGEST_CLOSED], lastClosedNs),
    dataSegments: words[at + DATA_SEGMENTS],
    resent: words[at + RESENT],
    mostInFlight: words[at + MOST_IN_FLIGHT],
    resumes: words[at + RESUMES],
    resumedFull: words[at + RESUMED_FULL],
    resumedLate: words[at + RESUMED_LATE],
    firstDataFrame: words[at + FIRST_DATA_FRAME],
    firstDataNs: doubles[doublesAt + FIRST_DATA_TIME],
    lastDataNs: doubles[doublesAt + LAST_DATA_TIME],
    windowSumBytes: doubles[doublesAt + WINDOW_SUM],
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
