const SYN = 0x02
const ACK = 0x10

/** Times of a handshake as captured: each side of the capture point takes one of its two round trips. */
export class HandshakeTimes {
  private synNs = -1
  private synAckNs = -1
  private ackNs = -1

  /** Takes the next segment, `side` 0 from the initiator. Of repeated ones the last before the answer counts. */
  add(side: number, flags: number, timeNs: number): void {
    const isSyn = (flags & SYN) !== 0
    if (isSyn && side === 0 && this.synAckNs < 0) this.synNs = timeNs
    else if (isSyn && side === 1 && this.synNs >= 0 && this.ackNs < 0) this.synAckNs = timeNs
    else if (!isSyn && side === 0 && (flags & ACK) !== 0 && this.synAckNs >= 0) this.ackNs = timeNs
  }

  /** Round trips between the capture point and the initiator, and the responder, in ns; null while not both are known. */
  roundTripsNs(): readonly [number, number] | null {
    if (this.ackNs < 0) return null
    return [Math.max(0, this.ackNs - this.synAckNs), Math.max(0, this.synAckNs - this.synNs)]
  }
}
