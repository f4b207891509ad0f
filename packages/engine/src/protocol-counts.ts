import type { Packet } from './packet.ts'
import { type HasProtocols, protocolNames } from './protocol-set.ts'

/** Frames and bytes of one set of protocols, the set as the two integers of {@link Packet}. */
export interface ProtocolSetCount {
  low: number
  high: number
  frames: number
  wireBytes: number
}

const RECENT_SETS = 64

/** Frames and bytes by set of protocols. Captures hold few sets, so a frame mostly costs a comparison. */
export class ProtocolCounts {
  /** By the low, then by the high integer. */
  private readonly bySet = new Map<number, Map<number, ProtocolSetCount>>()
  /** The sets used last, where a hash of the two integers puts them. */
  private readonly recent: ProtocolSetCount[] = Array.from({ length: RECENT_SETS }, () => newSet(0, 0))

  count(packet: Packet): void {
    const { protocolsLow, protocolsHigh } = packet
    const slot = (Math.imul(protocolsLow ^ Math.imul(protocolsHigh, 31), 0x9e3779b1) >>> 26) & (RECENT_SETS - 1)
    let set = this.recent[slot]
    if (set.low !== protocolsLow || set.high !== protocolsHigh || set.frames === 0) {
      set = this.setOf(protocolsLow, protocolsHigh)
      this.recent[slot] = set
    }
    set.frames++
    set.wireBytes += packet.wireLength
  }

  /** Counts frames that are known by their sums. */
  countFrames({ protocolsLow, protocolsHigh }: HasProtocols, frames: number, wireBytes: number): void {
    const set = this.setOf(protocolsLow, protocolsHigh)
    set.frames += frames
    set.wireBytes += wireBytes
  }

  sets(): ProtocolSetCount[] {
    return [...this.bySet.values()].flatMap((byHigh) => [...byHigh.values()])
  }

  add(counts: readonly ProtocolSetCount[]): void {
    for (const { low, high, frames, wireBytes } of counts) {
      const set = this.setOf(low, high)
      set.frames += frames
      set.wireBytes += wireBytes
    }
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

  private setOf(low: number, high: number): ProtocolSetCount {
    let byHigh = this.bySet.get(low)
    if (byHigh === undefined) {
      byHigh = new Map()
      this.bySet.set(low, byHigh)
    }
    let set = byHigh.get(high)
    if (set === undefined) {
      set = newSet(low, high)
      byHigh.set(high, set)
    }
    return set
  }
}

function newSet(low: number, high: number): ProtocolSetCount {
  return { low, high, frames: 0, wireBytes: 0 }
}

function includes(set: ProtocolSetCount, id: number): boolean {
  return ((id < 32 ? set.low >>> id : set.high >>> (id - 32)) & 1) === 1
}
