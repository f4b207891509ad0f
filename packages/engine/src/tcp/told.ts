// Bits of what observers noticed at a segment; the order is that of assembly/told.ts.

/** It opened its flow. */
export const EVENT_FIRST = 1
/** Its frame is one of those that are looked at closely: all of the first 4096, every 64th up to 262 144, then every 1024th. */
export const EVENT_SAMPLED = 2
/** Its connection is watched, see {@link Observations.watch}. */
export const EVENT_WATCHED = 4
/** Its flow had been silent for as long as {@link ObserverSettings.silenceNs}. */
export const EVENT_SILENCE = 8
/** Its sender's window is closed, or open again. */
export const EVENT_WINDOW_CLOSED = 32
export const EVENT_WINDOW_OPENED = 64
/** Its data waited for a late acknowledgment. */
export const EVENT_HELD_BACK = 128
/** By the capture's clock its sender had paused for {@link ObserverSettings.clockStepNs} longer than by its own. */
export const EVENT_CLOCK_JUMP = 256
/** It ends a round trip far longer than the handshake's. */
export const EVENT_LONG_RTT = 512
/** It begins another exchange after one that is worth telling. */
export const EVENT_EXCHANGE = 1024

const PREVIOUS_TIME = 3
const HELD_TIME = 4
const HELD_ACK_TIME = 5
const PAUSED_SINCE = 6
const JUMP = 7
/** Where the copy of the exchange starts, in words. */
const EXCHANGE = 16

/** What observers noticed at a segment or datagram, read from the core's memory; borrowed like the segment. */
export class Told {
  private words = new Int32Array(64)
  private doubles = new Float64Array(32)
  private at = 0

  /** Shows what stands at `at` in the core's memory. */
  show(words: Int32Array<ArrayBuffer>, doubles: Float64Array<ArrayBuffer>, at: number): void {
    this.words = words
    this.doubles = doubles
    this.at = at
  }

  has(event: number): boolean {
    return (this.words[this.at] & event) !== 0
  }

  /** Frame of the flow before this one, 0 if there was none; and bits about the data before: its direction, 2 if there was any, 4 with PSH. */
  get previousFrame(): number {
    return this.words[this.at + 1]
  }

  get previousData(): number {
    return this.words[this.at + 2]
  }

  get previousTimeNs(): number {
    return this.doubles[(this.at >> 1) + PREVIOUS_TIME]
  }

  /** The small segment before data that was held back, and the late acknowledgment of it. */
  get heldFrame(): number {
    return this.words[this.at + 3]
  }

  get heldAckFrame(): number {
    return this.words[this.at + 4]
  }

  get heldTimeNs(): number {
    return this.doubles[(this.at >> 1) + HELD_TIME]
  }

  get heldAckTimeNs(): number {
    return this.doubles[(this.at >> 1) + HELD_ACK_TIME]
  }

  /** Since when the sender had paused, and how much longer by the capture's clock than by its own at most. */
  get pausedSinceNs(): number {
    return this.doubles[(this.at >> 1) + PAUSED_SINCE]
  }

  get jumpNs(): number {
    return this.doubles[(this.at >> 1) + JUMP]
  }

  /** Where the exchange stands that {@link EVENT_EXCHANGE} is about, in words of the core's memory. */
  get exchangeAt(): number {
    return this.at + EXCHANGE
  }
}
