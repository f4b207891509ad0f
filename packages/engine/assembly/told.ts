import { allocate } from './memory'
import { EXCHANGE_BYTES } from './exchange'

// What observers noticed at a segment, as bits of Told.events; the order is that of src/tcp/told.ts.
export const EVENT_FIRST = 1
export const EVENT_SAMPLED = 2
export const EVENT_WATCHED = 4
export const EVENT_SILENCE = 8
export const EVENT_SACK = 16
export const EVENT_WINDOW_CLOSED = 32
export const EVENT_WINDOW_OPENED = 64
export const EVENT_HELD_BACK = 128
export const EVENT_CLOCK_JUMP = 256
export const EVENT_LONG_RTT = 512
export const EVENT_EXCHANGE = 1024

/** What observers tell about a segment or datagram beside the segment; the order is that of src/tcp/told.ts. */
@unmanaged
export class Told {
  events: i32
  /** Frame and data of the flow before this one. */
  previousFrame: i32
  previousData: i32
  /** Of data that was held back: the small segment that was sent before, and the late acknowledgment of it. */
  heldFrame: i32
  heldAckFrame: i32
  padding: i32
  previousTimeNs: f64
  heldTimeNs: f64
  heldAckTimeNs: f64
  /** Of a sender that knows nothing of a pause: since when, and by how much the capture's clock may have jumped. */
  pausedSinceNs: f64
  jumpNs: f64

  /** The exchange that ended with EVENT_EXCHANGE, as it was. */
  @inline
  get exchange(): usize {
    return changetype<usize>(this) + offsetof<Told>()
  }
}

export const told = changetype<Told>(allocate(offsetof<Told>() + EXCHANGE_BYTES))
