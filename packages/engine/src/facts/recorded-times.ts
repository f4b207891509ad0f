import { epochText } from '../capture-totals.ts'
import type { Packet } from '../packet.ts'

/** A time as a record holds it: tshark keeps fractions of a second and more as they are, in a signed 32-bit number of ns. */
interface RecordedTime {
  seconds: number
  nanoseconds: number
}

/**
 * First, last, earliest and latest time as tshark prints them. They differ from the real ones only in damaged files, where the
 * fraction of a second is one second or more; the engine itself carries such fractions into the seconds.
 */
export class RecordedTimes {
  private first: RecordedTime | null = null
  private last: RecordedTime | null = null
  private least: RecordedTime | null = null
  private greatest: RecordedTime | null = null
  /** True once a record had a fraction that is none. */
  private isOdd = false

  /** Looks at frames until the end of the file; O(1) and one comparison while the file is sane. */
  take(packet: Packet): void {
    if (packet.carriedSeconds !== 0) this.isOdd = true
    if (!packet.hasTime) return
    if (this.first !== null && !this.isOdd) return
    const time = recordedTimeOf(packet)
    this.first ??= time
    this.last = time
    if (this.least === null || isLess(time, this.least)) this.least = time
    if (this.greatest === null || isLess(this.greatest, time)) this.greatest = time
  }

  /** Null while every fraction was sane: then the engine's own times are right. */
  texts(): { first: string; last: string; min: string; max: string } | null {
    const { first, last, least, greatest } = this
    if (!this.isOdd || first === null || last === null || least === null || greatest === null) return null
    return { first: textOf(first), last: textOf(last), min: textOf(least), max: textOf(greatest) }
  }
}

function recordedTimeOf(packet: Packet): RecordedTime {
  return {
    seconds: packet.seconds - packet.carriedSeconds,
    nanoseconds: (packet.nanoseconds + packet.carriedSeconds * 1e9) | 0,
  }
}

/** Order of the printed numbers: a negative fraction makes the whole number negative, as its sign stands in front. */
function isLess(a: RecordedTime, b: RecordedTime): boolean {
  const printed = ({ seconds, nanoseconds }: RecordedTime) =>
    nanoseconds < 0
      ? -(seconds + -nanoseconds / 1e9)
      : seconds + Number(`0.${String(nanoseconds).padStart(9, '0').slice(0, 9)}`)
  return printed(a) < printed(b)
}

function textOf({ seconds, nanoseconds }: RecordedTime): string {
  if (nanoseconds < 0) return `-${seconds}.${String(-nanoseconds).padStart(9, '0')}`
  return nanoseconds < 1e9 ? (epochText(seconds, nanoseconds) ?? '') : `${seconds}.${nanoseconds}`
}
