const MOST_FRAMES = 100

/** A segment that was sent again and is still not acknowledged. */
export interface StuckSegment {
  /** Relative sequence number. */
  readonly start: number
  /** Largest payload that was sent from there, and the last one. */
  length: number
  lastLength: number
  resends: number
  /** It was sent in smaller pieces after having been sent again as a whole. */
  gotSmaller: boolean
  firstTimeNs: number
  lastTimeNs: number
  frames: number[]
  /** No copy could be fragmented on the way. */
  isWhole: boolean
  /** Segments of the other side since, none of which acknowledged it. */
  peerSegments: number
  /** Largest payload that got through before. */
  largestDelivered: number
}

export function newStuck(start: number, length: number, firstTimeNs: number): StuckSegment {
  return {
    start,
    length,
    lastLength: length,
    resends: 0,
    gotSmaller: false,
    firstTimeNs,
    lastTimeNs: firstTimeNs,
    frames: [],
    isWhole: true,
    peerSegments: 0,
    largestDelivered: 0,
  }
}

export function addResend(stuck: StuckSegment, length: number, frame: number, timeNs: number, isWhole: boolean): void {
  if (length < stuck.length && stuck.resends >= 2) stuck.gotSmaller = true
  if (length > stuck.length) stuck.length = length
  stuck.lastLength = length
  stuck.resends++
  stuck.lastTimeNs = timeNs
  stuck.isWhole &&= isWhole
  if (stuck.frames.length < MOST_FRAMES) stuck.frames.push(frame)
}
