import type { Core } from './core.ts'

// Words of a batch and of a packet in it; the order is that of assembly/rtp-packets.ts.
const COUNT = 1
const FIRST_PACKET = 4
const PACKET_WORDS = 6
const NUMBER = 2
const SEQUENCE = 3
const TIMESTAMP = 4

/** When a packet of a stream came, and what its header says (RFC 3550 §5.1). Borrowed. */
export interface RtpArrival {
  /** Number of the frame. */
  number: number
  timeNs: number
  sequence: number
  timestamp: number
}

/** Packets of RTP that the core gathers while it walks, so that streams known already cost no call a packet. */
export class RtpPackets {
  private readonly core: Core
  private readonly arrival: RtpArrival = { number: 0, timeNs: 0, sequence: 0, timestamp: 0 }

  constructor(core: Core) {
    this.core = core
  }

  /** From now on packets of that source in a direction of a flow may be gathered; those that are not are told as before. */
  gather(flow: number, direction: number, source: number): void {
    this.core.gatherRtp(flow, direction, source)
  }

  /** Tells what was gathered since it was last asked for, oldest first. Ask before any other packet of the direction is looked at. */
  take(flow: number, direction: number, tell: (arrival: RtpArrival) => void): void {
    const { arrival, core } = this
    const at = core.rtpPacketsAt(flow, direction)
    if (at === 0) return
    const { words, doubles } = core
    for (let i = 0; i < words[at + COUNT]; i++) {
      const packet = at + FIRST_PACKET + i * PACKET_WORDS
      arrival.timeNs = doubles[packet >> 1]
      arrival.number = words[packet + NUMBER]
      arrival.sequence = words[packet + SEQUENCE]
      arrival.timestamp = words[packet + TIMESTAMP]
      tell(arrival)
    }
    words[at + COUNT] = 0
  }

  /** The stream is over. */
  stop(flow: number, direction: number): void {
    this.core.forgetRtp(flow, direction)
  }
}
