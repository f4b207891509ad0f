const MOST_BINS = 8192

/** Traffic of one bin of time; times in ns since the first frame. */
export interface TimeBin {
  packets: number
  wireBytes: number
  firstFrame: number
  lastFrame: number
  firstTimeNs: number
  lastTimeNs: number
}

/**
 * Traffic by time, in bins that exist only where there is traffic. While more than 8 192 bins are in use their width doubles, so memory
 * is bounded whatever the times say, and the result is the same however the traffic was split before it was merged.
 */
export interface TimeBins {
  widthNs: number
  bins: Map<number, TimeBin>
}

export function newTimeBins(widthNs: number): TimeBins {
  return { widthNs, bins: new Map() }
}

/** Adds traffic that lies within one bin. */
export function addToBin(bins: TimeBins, index: number, traffic: TimeBin): void {
  const bin = bins.bins.get(index)
  if (bin === undefined) bins.bins.set(index, { ...traffic })
  else mergeBin(bin, traffic)
  while (bins.bins.size > MOST_BINS) widen(bins)
}

/** Adds the bins of `from`; commutative and associative. */
export function mergeTimeBins(into: TimeBins, from: TimeBins): void {
  while (into.widthNs < from.widthNs) widen(into)
  while (from.widthNs < into.widthNs) widen(from)
  for (const [index, bin] of from.bins) addMerged(into, index, bin, from.widthNs)
}

/** The bins in the order of time. */
export function sortedBins({ bins }: TimeBins): [number, TimeBin][] {
  return [...bins].sort(([a], [b]) => a - b)
}

/** The bins drawn together by a factor, in the order of time. */
export function widerBins(bins: TimeBins, factor: number): [number, TimeBin][] {
  const wide = new Map<number, TimeBin>()
  for (const [index, bin] of bins.bins) {
    const at = Math.floor(index / factor)
    const known = wide.get(at)
    if (known === undefined) wide.set(at, { ...bin })
    else mergeBin(known, bin)
  }
  return [...wide].sort(([a], [b]) => a - b)
}

function addMerged(into: TimeBins, index: number, bin: TimeBin, widthNs: number): void {
  // bins may have become wider since the merge began
  addToBin(into, Math.floor((index * widthNs) / into.widthNs), bin)
}

function widen(bins: TimeBins): void {
  bins.bins = new Map(widerBins(bins, 2))
  bins.widthNs *= 2
}

function mergeBin(into: TimeBin, from: TimeBin): void {
  into.packets += from.packets
  into.wireBytes += from.wireBytes
  into.firstFrame = Math.min(into.firstFrame, from.firstFrame)
  into.lastFrame = Math.max(into.lastFrame, from.lastFrame)
  into.firstTimeNs = Math.min(into.firstTimeNs, from.firstTimeNs)
  into.lastTimeNs = Math.max(into.lastTimeNs, from.lastTimeNs)
}
