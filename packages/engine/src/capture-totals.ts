import type { Packet } from './packet.ts'

/** What can be said of a capture by counting its records; the same for every analysis. O(1) a packet. */
export class CaptureTotals {
  packets = 0
  wireBytes = 0
  capturedBytes = 0
  /** Frames of which fewer bytes were kept than were on the wire. */
  truncatedPackets = 0
  timeOrdered = true
  /** Frames earlier than the one before, and the largest such distance in ns. */
  backwardSteps = 0
  greatestBackwardNs = 0
  /** Absolute times as seconds and ns; NaN seconds until a frame has a time. */
  firstSeconds = Number.NaN
  firstNanoseconds = 0
  lastSeconds = Number.NaN
  lastNanoseconds = 0
  earliestSeconds = Number.NaN
  earliestNanoseconds = 0
  latestSeconds = Number.NaN
  latestNanoseconds = 0
  /** Frames by why their decoding stopped, indexed as stopReasons. */
  readonly stops = new Int32Array(32)
  /** LINKTYPE_ number -> packets. */
  readonly linkTypes = new Map<number, number>()
  /** Interface index within its section -> packets. */
  readonly interfacePackets = new Map<number, number>()
  private runLinkType = -1
  private runInterface = -1
  private runLength = 0

  /** Counts a frame and sets its time relative to the first frame that has one. */
  count(packet: Packet): void {
    this.packets++
    this.wireBytes += packet.wireLength
    this.capturedBytes += packet.capturedLength
    if (packet.capturedLength < packet.wireLength) this.truncatedPackets++
    if (packet.linkType === this.runLinkType && packet.interfaceIndex === this.runInterface) this.runLength++
    else this.endRun(packet)
    if (packet.hasTime) this.time(packet)
    packet.timeNs = this.relativeNs(packet.seconds, packet.nanoseconds)
  }

  /** True when the frame before was of this link type and interface, and frames have times. */
  isRunOf(linkType: number, interfaceIndex: number): boolean {
    return linkType === this.runLinkType && interfaceIndex === this.runInterface && !Number.isNaN(this.firstSeconds)
  }

  /** Counts frames of the run under way whose times do not step back, the last of them at `seconds` and `nanoseconds`. */
  addInOrder(
    packets: number,
    wireBytes: number,
    capturedBytes: number,
    truncatedPackets: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    this.packets += packets
    this.wireBytes += wireBytes
    this.capturedBytes += capturedBytes
    this.truncatedPackets += truncatedPackets
    this.runLength += packets
    this.lastSeconds = seconds
    this.lastNanoseconds = nanoseconds
    if (!isEarlier(this.latestSeconds, this.latestNanoseconds, seconds, nanoseconds)) return
    this.latestSeconds = seconds
    this.latestNanoseconds = nanoseconds
  }

  /** Adds the run of equal link types that is still open; call it before reading the maps. */
  finish(): void {
    if (this.runLength > 0) {
      this.linkTypes.set(this.runLinkType, (this.linkTypes.get(this.runLinkType) ?? 0) + this.runLength)
      this.interfacePackets.set(this.runInterface, (this.interfacePackets.get(this.runInterface) ?? 0) + this.runLength)
    }
    this.runLength = 0
  }

  /** Latest minus earliest time, in ns; 0 while no frame has a time. */
  get durationNs(): number {
    if (Number.isNaN(this.firstSeconds)) return 0
    return (this.latestSeconds - this.earliestSeconds) * 1e9 + (this.latestNanoseconds - this.earliestNanoseconds)
  }

  /** ns between two absolute times of this capture's clock; 0 while no frame has a time. */
  relativeNs(seconds: number, nanoseconds: number): number {
    if (Number.isNaN(this.firstSeconds)) return 0
    return (seconds - this.firstSeconds) * 1e9 + (nanoseconds - this.firstNanoseconds)
  }

  private endRun(packet: Packet): void {
    this.finish()
    this.runLinkType = packet.linkType
    this.runInterface = packet.interfaceIndex
    this.runLength = 1
  }

  private time(packet: Packet): void {
    const { seconds, nanoseconds } = packet
    if (Number.isNaN(this.firstSeconds)) {
      this.firstSeconds = this.earliestSeconds = this.latestSeconds = this.lastSeconds = seconds
      this.firstNanoseconds = this.earliestNanoseconds = this.latestNanoseconds = this.lastNanoseconds = nanoseconds
      return
    }
    if (isEarlier(seconds, nanoseconds, this.lastSeconds, this.lastNanoseconds)) {
      this.timeOrdered = false
      this.backwardSteps++
      const backwardNs = (this.lastSeconds - seconds) * 1e9 + (this.lastNanoseconds - nanoseconds)
      if (backwardNs > this.greatestBackwardNs) this.greatestBackwardNs = backwardNs
      if (isEarlier(seconds, nanoseconds, this.earliestSeconds, this.earliestNanoseconds)) {
        this.earliestSeconds = seconds
        this.earliestNanoseconds = nanoseconds
      }
    } else if (isEarlier(this.latestSeconds, this.latestNanoseconds, seconds, nanoseconds)) {
      this.latestSeconds = seconds
      this.latestNanoseconds = nanoseconds
    }
    this.lastSeconds = seconds
    this.lastNanoseconds = nanoseconds
  }
}

function isEarlier(seconds: number, nanoseconds: number, thanSeconds: number, thanNanoseconds: number): boolean {
  return seconds !== thanSeconds ? seconds < thanSeconds : nanoseconds < thanNanoseconds
}

/** Seconds since 1970 with exactly nine decimals, as text: a JSON number would lose nanoseconds. Null for NaN. */
export function epochText(seconds: number, nanoseconds: number): string | null {
  if (Number.isNaN(seconds)) return null
  if (seconds < 0 && nanoseconds > 0) {
    return `${seconds + 1 === 0 ? '-0' : seconds + 1}.${String(1e9 - nanoseconds).padStart(9, '0')}`
  }
  return `${seconds}.${String(nanoseconds).padStart(9, '0')}`
}
