const MOST_BINS = 8192
const FIRST_BINS = 256

/** Offsets of a bin in {@link TimeBins.values}: its index, then its traffic; times in ns since the first frame. */
export const BIN_INDEX = 0
export const BIN_PACKETS = 1
export const BIN_BYTES = 2
export const BIN_FIRST_FRAME = 3
export const BIN_LAST_FRAME = 4
export const BIN_FIRST_TIME = 5
export const BIN_LAST_TIME = 6
export const BIN_WIDTH = 7

/** Traffic of one bin; `index` times the bins' width is where it begins. */
export interface TimeBin {
  readonly index: number
  readonly packets: number
  readonly wireBytes: number
  readonly firstFrame: number
  readonly lastFrame: number
  readonly firstTimeNs: number
  readonly lastTimeNs: number
}

/**
 * Traffic by time, in bins that exist only where there is traffic. While more than 8 192 bins are in use their width doubles, so memory
 * is bounded whatever the times say, and the result is the same however the traffic was split before it was merged.
 */
export interface TimeBins {
  widthNs: number
  /** Index of a bin -> which record of `values` it is. */
  slots: Map<number, number>
  values: Float64Array<ArrayBuffer>
}

export function newTimeBins(widthNs: number): TimeBins {
  return { widthNs, slots: new Map(), values: new Float64Array(FIRST_BINS * BIN_WIDTH) }
}

/** Adds the traffic of the record at `traffic[at]`, which lies within one bin of that index. */
export function addToBin(bins: TimeBins, index: number, traffic: Float64Array, at: number): void {
  addTraffic(bins, index, traffic, at)
  while (bins.slots.size > MOST_BINS) widen(bins, 2)
}

/** Adds the bins of `from`; commutative and associative. */
export function mergeTimeBins(into: TimeBins, from: TimeBins): void {
  while (into.widthNs < from.widthNs) widen(into, 2)
  const { values } = from
  for (let at = 0; at < from.slots.size * BIN_WIDTH; at += BIN_WIDTH) {
    // bins may become wider while the merge goes on
    addToBin(into, Math.floor((values[at + BIN_INDEX] * from.widthNs) / into.widthNs), values, at)
  }
}

/** Indices of the first and of the last bin; without bins nothing lies between them. */
export function extent({ slots, values }: TimeBins): [first: number, last: number] {
  let first = Number.MAX_SAFE_INTEGER
  let last = Number.MIN_SAFE_INTEGER
  for (let at = 0; at < slots.size * BIN_WIDTH; at += BIN_WIDTH) {
    first = Math.min(first, values[at + BIN_INDEX])
    last = Math.max(last, values[at + BIN_INDEX])
  }
  return [first, last]
}

/** Bytes of the bin with the most. */
export function mostBytes({ slots, values }: TimeBins): number {
  let most = 0
  for (let at = 0; at < slots.size * BIN_WIDTH; at += BIN_WIDTH) most = Math.max(most, values[at + BIN_BYTES])
  return most
}

/** The bins drawn together by a factor, in the order of time. */
export function binsInOrder({ slots, values }: TimeBins, factor: number): TimeBin[] {
  const starts = Array.from({ length: slots.size }, (_, slot) => slot * BIN_WIDTH)
  starts.sort((a, b) => values[a + BIN_INDEX] - values[b + BIN_INDEX])
  const wide: { -readonly [Name in keyof TimeBin]: TimeBin[Name] }[] = []
  for (const at of starts) {
    const index = Math.floor(values[at + BIN_INDEX] / factor)
    const last = wide[wide.length - 1]
    if (last?.index === index) {
      last.packets += values[at + BIN_PACKETS]
      last.wireBytes += values[at + BIN_BYTES]
      last.firstFrame = Math.min(last.firstFrame, values[at + BIN_FIRST_FRAME])
      last.lastFrame = Math.max(last.lastFrame, values[at + BIN_LAST_FRAME])
      last.firstTimeNs = Math.min(last.firstTimeNs, values[at + BIN_FIRST_TIME])
      last.lastTimeNs = Math.max(last.lastTimeNs, values[at + BIN_LAST_TIME])
      continue
    }
    wide.push({
      index,
      packets: values[at + BIN_PACKETS],
      wireBytes: values[at + BIN_BYTES],
      firstFrame: values[at + BIN_FIRST_FRAME],
      lastFrame: values[at + BIN_LAST_FRAME],
      firstTimeNs: values[at + BIN_FIRST_TIME],
      lastTimeNs: values[at + BIN_LAST_TIME],
    })
  }
  return wide
}

function addTraffic(bins: TimeBins, index: number, traffic: Float64Array, at: number): void {
  const { slots } = bins
  const latest = slots.size - 1
  // traffic mostly comes in the order of time
  const known = latest >= 0 && bins.values[latest * BIN_WIDTH + BIN_INDEX] === index ? latest : slots.get(index)
  const slot = known ?? slots.size
  const own = slot * BIN_WIDTH
  if (own >= bins.values.length) grow(bins)
  const { values } = bins
  if (known === undefined) {
    slots.set(index, slot)
    for (let i = BIN_PACKETS; i < BIN_WIDTH; i++) values[own + i] = traffic[at + i]
    values[own + BIN_INDEX] = index
    return
  }
  values[own + BIN_PACKETS] += traffic[at + BIN_PACKETS]
  values[own + BIN_BYTES] += traffic[at + BIN_BYTES]
  values[own + BIN_FIRST_FRAME] = Math.min(values[own + BIN_FIRST_FRAME], traffic[at + BIN_FIRST_FRAME])
  values[own + BIN_LAST_FRAME] = Math.max(values[own + BIN_LAST_FRAME], traffic[at + BIN_LAST_FRAME])
  values[own + BIN_FIRST_TIME] = Math.min(values[own + BIN_FIRST_TIME], traffic[at + BIN_FIRST_TIME])
  values[own + BIN_LAST_TIME] = Math.max(values[own + BIN_LAST_TIME], traffic[at + BIN_LAST_TIME])
}

function grow(bins: TimeBins): void {
  const values = new Float64Array(bins.values.length * 4)
  values.set(bins.values)
  bins.values = values
}

function widen(bins: TimeBins, factor: number): void {
  const { values } = bins
  const count = bins.slots.size
  bins.slots = new Map()
  bins.values = new Float64Array(values.length)
  bins.widthNs *= factor
  for (let at = 0; at < count * BIN_WIDTH; at += BIN_WIDTH)
    addTraffic(bins, Math.floor(values[at + BIN_INDEX] / factor), values, at)
}
