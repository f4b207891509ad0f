import { HoleTracker } from './hole-tracker.ts'

/** What one side of a TCP connection has done, by the names of Zeek's documentation. */
export const INACTIVE = 0
export const SYN_SENT = 1
export const SYN_ACK_SENT = 2
/** Seen without its beginning. */
export const PARTIAL = 3
export const ESTABLISHED = 4
export const CLOSED = 5
export const RESET = 6

/** One side of a connection as Zeek counts it. Sequence numbers are raw, signed 32-bit. */
export class Endpoint {
  state = INACTIVE
  packets = 0
  ipBytes = 0
  /** Payload bytes of datagrams and ICMP messages. */
  payloadBytes = 0
  hasSent = false
  firstSequence = 0
  /** One past the last sequence number sent. */
  lastSequence = 0
  sentSyn = false
  sentFin = false
  /** Sequence numbers for which a letter of the history was written, by letter. */
  readonly lettered = new Map<string, number>()
  /** How often a letter happened that is written at 1, 10, 100 … times. */
  readonly times = new Map<string, number>()
  readonly holes = new HoleTracker()

  /** Bytes sent, by sequence numbers, without SYN and FIN. */
  get streamBytes(): number {
    if (!this.hasSent) return 0
    const span = (this.lastSequence - this.firstSequence) >>> 0
    return Math.max(0, span - (this.sentSyn ? 1 : 0) - (this.sentFin ? 1 : 0))
  }
}
