import type { Packet } from './packet.ts'
import { protocolNames } from './protocol-set.ts'

/** Frames and bytes by set of protocols: equal sets follow each other, so a frame costs a comparison. */
export class ProtocolCounts {
  private readonly bySet = new Map<string, { low: number; high: number; frames: number; wireBytes: number }>()
  private low = 0
  private high = 0
  private frames = 0
  private wireBytes = 0

  count(packet: Packet): void {
    if (packet.protocolsLow !== this.low || packet.protocolsHigh !== this.high) {
      this.endRun()
      this.low = packet.protocolsLow
      this.high = packet.protocolsHigh
    }
    this.frames++
    this.wireBytes += packet.wireLength
  }

  /** Protocol -> frames and bytes of the frames that hold it, in the order of {@link protocolNames}; zeros left out. */
  totals(): Map<string, { frames: number; wireBytes: number }> {
    this.endRun()
    const totals = new Map<string, { frames: number; wireBytes: number }>()
    for (const [id, name] of protocolNames.entries()) {
      let frames = 0
      let wireBytes = 0
      for (const set of this.bySet.values()) {
        const has = id < 32 ? set.low & (1 << id) : set.high & (1 << (id - 32))
        if (has === 0) continue
        frames += set.frames
        wireBytes += set.wireBytes
      }
      if (frames > 0) totals.set(name, { frames, wireBytes })
    }
    return totals
  }

  private endRun(): void {
    if (this.frames === 0) return
    const key = `${this.low},${this.high}`
    const set = this.bySet.get(key)
    if (set === undefined) {
      this.bySet.set(key, { low: this.low, high: this.high, frames: this.frames, wireBytes: this.wireBytes })
    } else {
      set.frames += this.frames
      set.wireBytes += this.wireBytes
    }
    this.frames = 0
    this.wireBytes = 0
  }
}
