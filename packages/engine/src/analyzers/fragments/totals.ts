import { getOrMake } from '../support/bounded-map.ts'
import { type EvidenceFrames, mergeEvidence, newEvidence } from '../support/evidence-frames.ts'

const MOST_PAIRS = 1 << 12

/** Fragments from one host to another. */
export interface FragmentPair {
  source: string
  destination: string
  fragments: number
  complete: number
  largestBytes: number
  tiny: EvidenceFrames
  overlapping: EvidenceFrames
}

/** A datagram that waits for its rest. */
export interface Datagram {
  source: string
  destination: string
  /** Ranges of the payload that have come, in order of arrival. */
  pieces: [number, number][]
  frames: number[]
  lastTimeNs: number
}

export interface FragmentTotals {
  fragmentsV4: number
  fragmentsV6: number
  complete: number
  /** Fragments whose header was not found or that are whole datagrams; fragments cut by the snap length. */
  notRead: number
  cut: number
  pairs: Map<string, FragmentPair>
  open: Map<string, Datagram>
  /** Incomplete datagrams that made room, and how many did not even fit here. */
  dropped: Datagram[]
  beyond: number
}

export function newFragmentTotals(): FragmentTotals {
  return {
    fragmentsV4: 0,
    fragmentsV6: 0,
    complete: 0,
    notRead: 0,
    cut: 0,
    pairs: new Map(),
    open: new Map(),
    dropped: [],
    beyond: 0,
  }
}

export function mergeFragmentTotals(into: FragmentTotals, from: FragmentTotals): void {
  for (const name of ['fragmentsV4', 'fragmentsV6', 'complete', 'notRead', 'cut', 'beyond'] as const)
    into[name] += from[name]
  for (const { source, destination, ...pair } of from.pairs.values()) {
    const own = pairOf(into, source, destination)
    if (own === null) continue
    own.fragments += pair.fragments
    own.complete += pair.complete
    own.largestBytes = Math.max(own.largestBytes, pair.largestBytes)
    mergeEvidence(own.tiny, pair.tiny)
    mergeEvidence(own.overlapping, pair.overlapping)
  }
  for (const [key, datagram] of from.open) into.open.set(key, datagram)
  into.dropped.push(...from.dropped)
}

export function pairOf(totals: FragmentTotals, source: string, destination: string): FragmentPair | null {
  return getOrMake(totals.pairs, `${source} > ${destination}`, MOST_PAIRS, () => ({
    source,
    destination,
    fragments: 0,
    complete: 0,
    largestBytes: 0,
    tiny: newEvidence(),
    overlapping: newEvidence(),
  }))
}
