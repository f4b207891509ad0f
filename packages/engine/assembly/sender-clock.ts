import { Header } from './header'
import { settings } from './observer-settings'
import { Segment } from './segment'
import { EVENT_CLOCK_JUMP, told } from './told'

/** Clocks are compared in every so many frames; odd, so that segments that alternate are hit on both sides. */
const CLOCK_STRIDE = 5

/** Time and timestamp (RFC 7323) of one side's first and last segment that was looked at. */
@unmanaged
export class SenderClock {
  hasTimestamp: i32
  firstTimestamp: i32
  lastTimestamp: i32
  padding: i32
  firstTimeNs: f64
  lastTimeNs: f64
}

/** Ticks from which the clock of a sender is known well enough, and bounds of a tick (RFC 7323 §5.4) with room for clocks that are off. */
const LEAST_TICKS = 10
const LEAST_TICK_NS: f64 = 0.5e6
const LONGEST_TICK_NS: f64 = 1.1e9

/**
 * Follows a sender's clock. A pause that the sender does not know of may be a jump of the capture's clock; the host gets the event and how
 * long it was. What the sender's clock told before is forgotten then.
 */
export function followClock(header: Header, segment: Segment, clock: SenderClock): i32 {
  if (segment.hasTimestamps === 0 || header.number % CLOCK_STRIDE !== 0) return 0
  let events = 0
  const pauseNs = header.timeNs - clock.lastTimeNs
  if (clock.hasTimestamp !== 0 && pauseNs >= settings.clockStepNs) {
    const jumpNs = pauseNs - sendersPauseNs(clock, segment.timestampValue)
    if (jumpNs >= settings.clockStepNs && jumpNs >= pauseNs / 2) {
      events = EVENT_CLOCK_JUMP
      told.jumpNs = jumpNs
      told.pausedSinceNs = clock.lastTimeNs
      clock.hasTimestamp = 0
    }
  }
  if (clock.hasTimestamp === 0) {
    clock.hasTimestamp = 1
    clock.firstTimeNs = header.timeNs
    clock.firstTimestamp = segment.timestampValue
  }
  clock.lastTimeNs = header.timeNs
  clock.lastTimestamp = segment.timestampValue
  return events
}

/** The longest that the sender can have paused, at the pace its timestamps had before; infinite while that is not known. */
function sendersPauseNs(clock: SenderClock, timestamp: i32): f64 {
  const ticksBefore = clock.lastTimestamp - clock.firstTimestamp
  const ticks = timestamp - clock.lastTimestamp
  // each difference is up to a tick away from the truth
  const tickNs = (clock.lastTimeNs - clock.firstTimeNs) / <f64>(ticksBefore - 1)
  const isKnown = ticksBefore >= LEAST_TICKS && tickNs >= LEAST_TICK_NS && tickNs <= LONGEST_TICK_NS
  return isKnown && ticks >= 0 ? <f64>(ticks + 1) * tickNs : f64.MAX_VALUE
}
