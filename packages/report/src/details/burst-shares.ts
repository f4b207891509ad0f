import type { BurstDetail, BurstShare, Report } from '@pcap-analyzer/engine'
import { findTable, rowsOf } from '../report-parts.ts'

/** Shares that are shown of a burst, and names told apart while it is counted. */
const MOST_SHOWN = 5
const MOST_NAMES = 1 << 12

interface Burst {
  readonly firstFrame: number
  readonly lastFrame: number
  readonly sources: Map<string, Counter>
  readonly destinations: Map<string, Counter>
  readonly protocols: Map<string, Counter>
}

interface Counter {
  packets: number
  wireBytes: number
}

/** Counts who sent and received within the bursts that a report lists, frame by frame in order. */
export class BurstShares {
  private readonly bursts: readonly Burst[]
  /** The first burst that is not over. */
  private next = 0

  constructor(report: Report) {
    this.bursts = rowsOf(findTable(report, 'timeline', 'bursts'))
      .map(({ firstFrame, lastFrame }) => ({
        firstFrame: Number(firstFrame),
        lastFrame: Number(lastFrame),
        sources: new Map(),
        destinations: new Map(),
        protocols: new Map(),
      }))
      .sort((a, b) => a.firstFrame - b.firstFrame)
  }

  /** True when the frame with this number, greater than those before, is of a burst. */
  has(frame: number): boolean {
    const { bursts } = this
    while (this.next < bursts.length && bursts[this.next].lastFrame < frame) this.next++
    return this.next < bursts.length && bursts[this.next].firstFrame <= frame
  }

  /** Adds the frame that {@link has} was asked of. */
  add(source: string, destination: string, protocol: string, wireBytes: number): void {
    const burst = this.bursts[this.next]
    count(burst.sources, source, wireBytes)
    count(burst.destinations, destination, wireBytes)
    count(burst.protocols, protocol, wireBytes)
  }

  result(): BurstDetail[] {
    return this.bursts.map(({ firstFrame, lastFrame, sources, destinations, protocols }) => ({
      firstFrame,
      lastFrame,
      sources: greatest(sources),
      destinations: greatest(destinations),
      protocols: greatest(protocols),
    }))
  }
}

function count(counters: Map<string, Counter>, name: string, wireBytes: number): void {
  let counter = counters.get(name)
  if (counter === undefined) {
    if (counters.size >= MOST_NAMES) return
    counters.set(name, (counter = { packets: 0, wireBytes: 0 }))
  }
  counter.packets++
  counter.wireBytes += wireBytes
}

/** Most bytes first, then by name. */
function greatest(counters: ReadonlyMap<string, Counter>): BurstShare[] {
  return [...counters]
    .map(([name, counter]) => ({ name, ...counter }))
    .sort((a, b) => b.wireBytes - a.wireBytes || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_SHOWN)
}
