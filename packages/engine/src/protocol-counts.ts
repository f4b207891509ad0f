import type { Packet } from './packet.ts'
import { protocolNames } from './protocol-set.ts'

/** Frames and bytes of one set of protocols, the set as the two integers of {@link Packet}. */
export interface ProtocolSetCount {
  low: number
  high: number
  frames: number
  wireBytes: number
}

/** Frames and bytes by set of protocols: equal sets follow each other, so a frame costs a comparison. */
export class ProtocolCounts {
  /** By the low, then by the high integer. */
  private readonly bySet = new Map<number, Map<number, ProtocolSetCount>>()
  private run: ProtocolSetCount = { low: 0, high: 0, frames: 0, wireBytes: 0 }

  count(packet: Packet): void {
    const { run } = this
    if (packet.protocolsLow !== run.low || packet.protocolsHigh !== run.high) {
      this.endRun()
      run.low = packet.protocolsLow
      run.high = packet.protocolsHigh
    }
    run.frames++
    run.wireBytes += packet.wireLength
  }

  sets(): ProtocolSetCount[] {
    this.endRun()
    return [...this.bySet.values()].flatMap((byHigh) => [...byHigh.values()])
  }

  add(counts: readonly ProtocolSetCount[]): void {
    for (const count of counts) this.addSet(count)
  }

  /** Protocol -> frames and bytes of the frames that hold it, in the order of {@link protocolNames}; zeros left out. */
  totals(): Map<string, { frames: number; wireBytes: number }> {
    const sets = this.sets()
    const totals = new Map<string, { frames: number; wireBytes: number }>()
    for (const [id, name] of protocolNames.entries()) {
      let frames = 0
      let wireBytes = 0
      for (const set of sets) {
        if (!includes(set, id)) continue
        frames += set.frames
        wireBytes += set.wireBytes
      }
      if (frames > 0) totals.set(name, { frames, wireBytes })
    }
    return totals
  }

  /** Each set by the names of its protocols, most frames first. */
  chains(): { name: string; frames: number; wireBytes: number }[] {
    const chains = this.sets().map((set) => ({
      name: protocolNames.filter((_, id) => includes(set, id)).join(' ') || 'none recognised',
      frames: set.frames,
      wireBytes: set.wireBytes,
    }))
    return chains.sort((a, b) => b.frames - a.frames || (a.name < b.name ? -1 : 1))
  }

  private endRun(): void {
    if (this.run.frames > 0) this.addSet(this.run)
    this.run.frames = 0
    this.run.wireBytes = 0
  }

  private addSet(count: ProtocolSetCount): void {
    let byHigh = this.bySet.get(count.low)
    if (byHigh === undefined) {
      byHigh = new Map()
      this.bySet.set(count.low, byHigh)
    }
    const set = byHigh.get(count.high)
    if (set === undefined) {
      byHigh.set(count.high, { ...count })
    } else {
      set.frames += count.frames
      set.wireBytes += count.wireBytes
    }
  }
}

function includes(set: ProtocolSetCount, id: number): boolean {
  return ((id < 32 ? set.low >>> id : set.high >>> (id - 32)) & 1) === 1
}
