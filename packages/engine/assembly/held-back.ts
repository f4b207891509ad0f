import { Header } from './header'
import { Segment } from './segment'
import { EVENT_HELD_BACK, told } from './told'

/** A full segment is sent at once, whatever is outstanding (RFC 9293 §3.7.4). */
const FULL_SEGMENT_BYTES = 1200
/** Acknowledgments are delayed by 40 ms on Linux, up to 500 ms by RFC 9293 §3.8.6.3. */
const LEAST_DELAY_NS: f64 = 30e6
const MOST_DELAY_NS: f64 = 520e6
/** The sender goes on at once when the acknowledgment comes. */
const AT_ONCE_NS: f64 = 3e6

/** The small segment a side sent last, and the late acknowledgment of it; frames are 0 when there is none. */
@unmanaged
export class HeldBack {
  smallFrame: i32
  ackFrame: i32
  smallTimeNs: f64
  ackTimeNs: f64
}

/** Looks for data that waited for the late acknowledgment of a small segment (Nagle's algorithm). Returns events. */
export function followHeldBack(header: Header, segment: Segment, own: HeldBack, peer: HeldBack): i32 {
  if (header.payloadLength === 0) {
    if (segment.acknowledgedFrame !== 0) acknowledge(header, segment, peer)
    return 0
  }
  const isHeldBack = own.ackFrame !== 0 && header.timeNs - own.ackTimeNs <= AT_ONCE_NS + segment.initialRttNs
  if (isHeldBack) {
    told.heldFrame = own.smallFrame
    told.heldAckFrame = own.ackFrame
    told.heldTimeNs = own.smallTimeNs
    told.heldAckTimeNs = own.ackTimeNs
  }
  // the last, small one of several in flight waits for them, not for a delayed acknowledgment
  const isAlone = segment.bytesInFlight <= header.payloadLength
  const isSmall = header.payloadLength < FULL_SEGMENT_BYTES && isAlone && segment.flags === 0
  own.smallFrame = isSmall ? header.number : 0
  own.smallTimeNs = header.timeNs
  own.ackFrame = 0
  return isHeldBack ? EVENT_HELD_BACK : 0
}

/** A late acknowledgment of exactly the small segment that was sent last, with nothing else to say. */
function acknowledge(header: Header, segment: Segment, sender: HeldBack): void {
  if (sender.smallFrame === 0 || sender.smallFrame !== segment.acknowledgedFrame) return
  const delayNs = header.timeNs - sender.smallTimeNs - segment.initialRttNs
  if (delayNs < LEAST_DELAY_NS || delayNs > MOST_DELAY_NS || delayNs < 2 * segment.initialRttNs) return
  sender.ackFrame = header.number
  sender.ackTimeNs = header.timeNs
}
