/** From when on the core's observers call something remarkable. */
export interface ObserverSettings {
  /** A flow is silent for this long. */
  readonly silenceNs: number
  /** A receive window below this is small. */
  readonly smallWindowBytes: number
  /** A server thinks for this long. */
  readonly slowServerNs: number
  /** A sender pauses for this long, by the capture's clock. */
  readonly clockStepNs: number
  /** A round trip takes this much longer than the handshake. */
  readonly queueNs: number
}

// Offsets in words, then in doubles; the order is that of assembly/observer-settings.ts.
const IS_ON = 0
const SMALL_WINDOW = 1
const PART_INDEX = 2
const PART_COUNT = 3
const SILENCE = 2
const SLOW_SERVER = 3
export const LEAST_LISTED = 4
const CLOCK_STEP = 5
const QUEUE = 6

/** Writes the settings at `at` in the core's memory and so sets the observers to work. */
export function writeObserverSettings(
  words: Int32Array,
  doubles: Float64Array,
  at: number,
  settings: ObserverSettings,
  partition: { readonly index: number; readonly count: number },
): void {
  words[at + IS_ON] = 1
  words[at + SMALL_WINDOW] = settings.smallWindowBytes
  words[at + PART_INDEX] = partition.index
  words[at + PART_COUNT] = partition.count
  doubles[(at >> 1) + SILENCE] = settings.silenceNs
  doubles[(at >> 1) + SLOW_SERVER] = settings.slowServerNs
  doubles[(at >> 1) + LEAST_LISTED] = 0
  doubles[(at >> 1) + CLOCK_STEP] = settings.clockStepNs
  doubles[(at >> 1) + QUEUE] = settings.queueNs
}
