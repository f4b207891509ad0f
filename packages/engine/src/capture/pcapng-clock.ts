import type { Packet } from '../packet.ts'

/** Ticks per second up to which dividing in steps of 16 bits stays below 2^53. */
const MAX_EXACT_TICKS = 2 ** 36
/** Powers of two up to which a remainder times 10^9 stays below 2^53. */
const MAX_BINARY_EXPONENT = 23

/** Turns the 64-bit tick counts of one interface into seconds and nanoseconds, exactly for every resolution (pcapng draft §4.2 if_tsresol). */
export class PcapngClock {
  readonly ticksPerSecond: number
  /** Seconds added to every time (if_tsoffset). */
  offsetSeconds = 0
  /** Nanoseconds of a tick where that is a whole number, else 0. */
  #nanosecondsPerTick: number
  /** Ticks of a nanosecond where that is a whole number, else 0. */
  #ticksPerNanosecond: number
  /** Set for resolutions that need wider integers than numbers hold. */
  #wideTicksPerSecond: bigint | null

  /** `resolution` is the byte of if_tsresol: the negative power of 10, or of 2 when its top bit is set. */
  constructor(resolution = 6) {
    const isBinary = (resolution & 0x80) !== 0
    const exponent = resolution & 0x7f
    const base = isBinary ? 2 : 10
    this.ticksPerSecond = base ** exponent
    this.#nanosecondsPerTick = !isBinary && exponent <= 9 ? 10 ** (9 - exponent) : 0
    this.#ticksPerNanosecond = !isBinary && exponent > 9 ? 10 ** (exponent - 9) : 0
    const isWide = isBinary ? exponent > MAX_BINARY_EXPONENT : this.ticksPerSecond > MAX_EXACT_TICKS
    this.#wideTicksPerSecond = isWide ? BigInt(base) ** BigInt(exponent) : null
  }

  /** Nanoseconds of a tick where every time of the interface is a whole number of them since 1970, else 0. */
  get plainNanosecondsPerTick(): number {
    return this.offsetSeconds === 0 ? this.#nanosecondsPerTick : 0
  }

  /** Writes the time of `high` × 2^32 + `low` ticks into the packet. */
  stamp(packet: Packet, high: number, low: number): void {
    if (this.#wideTicksPerSecond !== null) {
      this.#stampWide(packet, high, low, this.#wideTicksPerSecond)
      return
    }
    const perSecond = this.ticksPerSecond
    const upper = Math.floor(high / perSecond)
    const middle = (high - upper * perSecond) * 65_536 + (low >>> 16)
    const middleSeconds = Math.floor(middle / perSecond)
    const lower = (middle - middleSeconds * perSecond) * 65_536 + (low & 0xffff)
    const lowerSeconds = Math.floor(lower / perSecond)
    const ticks = lower - lowerSeconds * perSecond
    packet.seconds = upper * 0x1_0000_0000 + middleSeconds * 65_536 + lowerSeconds + this.offsetSeconds
    packet.nanoseconds = this.#toNanoseconds(ticks)
  }

  #toNanoseconds(ticks: number): number {
    if (this.#nanosecondsPerTick !== 0) return ticks * this.#nanosecondsPerTick
    if (this.#ticksPerNanosecond !== 0) return Math.floor(ticks / this.#ticksPerNanosecond)
    return Math.floor((ticks * 1_000_000_000) / this.ticksPerSecond)
  }

  #stampWide(packet: Packet, high: number, low: number, perSecond: bigint): void {
    const ticks = (BigInt(high) << 32n) | BigInt(low)
    const seconds = ticks / perSecond
    packet.seconds = Number(seconds) + this.offsetSeconds
    packet.nanoseconds = Number(((ticks - seconds * perSecond) * 1_000_000_000n) / perSecond)
  }
}
