import { CONNECTION_WATCHED } from '../tcp/connection-record.ts'
import type { Core } from './core.ts'
import { RtpPackets } from './rtp-packets.ts'

// Where the parts of a connection's observations start, in words; the order is that of assembly/observed.ts.
const LAST_DATA_TIME = 0
const LARGEST = 2
const LARGEST_WORDS = 4
const WINDOWS = 10
const WINDOW_WORDS = 30
const ROUND_TRIPS = 98
const EXCHANGE = 104
const ENOUGH_ROUND_TRIPS = 16

/** Bits of what is watched of a connection: all its segments until the handshake is judged, and while data is sent again in vain. */
export const WATCH_HANDSHAKE = 1
export const WATCH_RESENDS = 8
/** The segment that ends the last of the round trips that {@link Observations.leastRoundTripNs} is about. */
export const WATCH_ROUND_TRIPS = 16
/** Data of direction 0; the next bit is that of 1. Above this shift stands how many segments with data are still told. */
const WATCH_DATA = 2
const LEFT_SHIFT = 8
const MOST_LEFT = 0x7fffff

/**
 * What the core notes of every connection while it walks, for analyzers to read when something happened or the flow ends. Positions are
 * offsets in {@link Core.words}; 0 where a connection was only asked for or refused.
 */
export class Observations {
  readonly rtp: RtpPackets
  private readonly core: Core

  constructor(core: Core) {
    this.core = core
    this.rtp = new RtpPackets(core)
  }

  /** All memory as integers and as doubles; other arrays after the next frame. */
  get words(): Int32Array {
    return this.core.words
  }

  get doubles(): Float64Array {
    return this.core.doubles
  }

  /** Time of the last data in ns; -1 when there was none. */
  lastDataNs(connection: number): number {
    const at = this.at(connection)
    return at === 0 ? -1 : this.core.doubles[(at >> 1) + LAST_DATA_TIME] - 1
  }

  /** The largest payload of a direction, its relative sequence number + 1, and the largest before it. */
  largest(connection: number, direction: number): { bytes: number; start: number; before: number } {
    const record = this.at(connection)
    if (record === 0) return { bytes: 0, start: 0, before: 0 }
    const at = record + LARGEST + direction * LARGEST_WORDS
    const { words } = this.core
    return { bytes: words[at], start: words[at + 1] >>> 0, before: words[at + 2] }
  }

  windowSideAt(connection: number, direction: number): number {
    const at = this.at(connection)
    return at === 0 ? 0 : at + WINDOWS + direction * WINDOW_WORDS
  }

  /** True when all round trips that are watched were seen. */
  hasEnoughRoundTrips(connection: number): boolean {
    const at = this.at(connection)
    return at !== 0 && this.core.words[at + ROUND_TRIPS] === ENOUGH_ROUND_TRIPS
  }

  /** The shortest of the first round trips that were watched, ended by acknowledgments of a direction; infinite without any. */
  leastRoundTripNs(connection: number, direction: number): number {
    const at = this.at(connection)
    const leastNs = at === 0 ? 0 : this.core.doubles[((at + ROUND_TRIPS) >> 1) + 1 + direction]
    return leastNs === 0 ? Number.POSITIVE_INFINITY : leastNs
  }

  exchangeAt(connection: number): number {
    const at = this.at(connection)
    return at === 0 ? 0 : at + EXCHANGE
  }

  /** Ends the exchange of a connection that is over; true when it is one to be told. */
  endExchange(connection: number): boolean {
    return this.core.endExchange(connection)
  }

  /** Asks for segments of a connection beside the remarkable ones; `bits` of the kinds above. */
  watch(connection: number, bits: number): void {
    this.core.words[this.core.connectionAt(connection) + CONNECTION_WATCHED] |= bits
  }

  /** Asks for the next segments with data of a direction. */
  watchData(connection: number, direction: number, most: number): void {
    const left = Math.min(most, MOST_LEFT) << LEFT_SHIFT
    this.core.words[this.core.connectionAt(connection) + CONNECTION_WATCHED] |= (WATCH_DATA << direction) | left
  }

  unwatch(connection: number, bits: number): void {
    this.core.words[this.core.connectionAt(connection) + CONNECTION_WATCHED] &= ~bits
  }

  /** Where the distribution of the round trips of all data so far stands, as assembly/durations.ts writes it. */
  get roundTripsAt(): number {
    return this.core.roundTripsAt
  }

  /** Segments so far that were larger than their path can carry. */
  get oversized(): number {
    return this.core.oversizedSegments
  }

  /** From now on exchanges that took less are not told. */
  listFrom(leastNs: number): void {
    this.core.setLeastListed(leastNs)
  }

  private at(connection: number): number {
    return this.core.observedAt(connection)
  }
}
