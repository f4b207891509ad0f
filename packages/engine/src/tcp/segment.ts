import { Told } from './told.ts'

const SACK_EDGES = 38
const MOST_SACK_EDGES = 8

/**
 * One TCP segment with what the analysis concluded, read from the core's memory when it is asked; the order is that of
 * assembly/segment.ts. One instance serves the run; it is borrowed by listeners.
 *
 * Numbers are those of tshark 4.0.17 with default preferences unless a name says otherwise.
 */
export class Segment {
  /** True for headers quoted by ICMP errors: they move state but are not traffic. */
  isQuoted = false
  payloadLength = 0
  /** What observers noticed, in runs that have them. */
  readonly told = new Told()
  tcpFlags = 0
  /** SACK blocks of this segment, raw numbers: pairs of left and right edge. */
  sackEdges = new Int32Array(MOST_SACK_EDGES)
  private words = new Int32Array(64)
  private doubles = new Float64Array(32)
  private at = 0

  /** Shows the segment that stands at `at` in the core's memory. */
  show(words: Int32Array<ArrayBuffer>, doubles: Float64Array<ArrayBuffer>, at: number): void {
    this.words = words
    this.doubles = doubles
    this.at = at
    this.sackEdges = words.subarray(at + SACK_EDGES, at + SACK_EDGES + MOST_SACK_EDGES)
  }

  /** Index of the flow and of the connection. */
  get flow(): number {
    return this.words[this.at]
  }

  get connection(): number {
    return this.words[this.at + 1]
  }

  /** 0 when sent by the side that sent the flow's first packet. */
  get direction(): number {
    return this.words[this.at + 2]
  }

  /** tshark's `tcp.stream`. */
  get stream(): number {
    return this.words[this.at + 3]
  }

  /** False when options were cut or malformed, so that tshark shows no analysis. */
  get isShown(): boolean {
    return this.words[this.at + 4] !== 0
  }

  /** The segment opened its connection. */
  get isFirst(): boolean {
    return this.words[this.at + 5] !== 0
  }

  /** The segment has FIN, and the other side has sent its own. */
  get isClosed(): boolean {
    return this.words[this.at + 6] !== 0
  }

  /** Relative numbers as unsigned 32-bit; the acknowledgment is raw when the ACK flag is clear. */
  get relativeSequence(): number {
    return this.words[this.at + 7] >>> 0
  }

  get relativeAcknowledgment(): number {
    return this.words[this.at + 8] >>> 0
  }

  /** Window in bytes as shown: scaled when the scale is known. */
  get windowBytes(): number {
    return this.words[this.at + 9]
  }

  /** 2^shift, -1 unknown, -2 not used. */
  get windowScale(): number {
    return this.words[this.at + 10]
  }

  /** Bits of analysis-flags.ts. */
  get flags(): number {
    return this.words[this.at + 11]
  }

  /** True when tshark shows `tcp.analysis` at all. */
  get hasAnalysis(): boolean {
    return this.words[this.at + 12] !== 0
  }

  /** Frame that this segment acknowledges exactly, 0 if none, and the time since it, in ns. */
  get acknowledgedFrame(): number {
    return this.words[this.at + 13]
  }

  get acknowledgmentRttNs(): number {
    return this.doubles[(this.at >> 1) + 14]
  }

  /** Something that happens to few: a verdict of either view, SYN, FIN, RST, a duplicate SACK, a closed window that opens again. */
  get isRemarkable(): boolean {
    return this.words[this.at + 26] !== 0
  }

  /** With a plain retransmission: time since the oldest unacknowledged segment, in ns, and its frame. */
  get timeoutNs(): number {
    return this.doubles[(this.at >> 1) + 15]
  }

  get timeoutFrame(): number {
    return this.words[this.at + 14]
  }

  get duplicateAckNumber(): number {
    return this.words[this.at + 15]
  }

  get duplicateAckFrame(): number {
    return this.words[this.at + 16]
  }

  /** 0 when unknown. */
  get bytesInFlight(): number {
    return this.words[this.at + 17]
  }

  get pushBytes(): number {
    return this.doubles[(this.at >> 1) + 18]
  }

  /** Initial RTT of the connection in ns; 0 when unknown. */
  get initialRttNs(): number {
    return this.doubles[(this.at >> 1) + 16]
  }

  // --- our view, see loss.ts

  /** One of the LOSS_ constants. */
  get loss(): number {
    return this.words[this.at + 18]
  }

  /** The segment reports that data arrived twice. */
  get isDsack(): boolean {
    return this.words[this.at + 19] !== 0
  }

  /** RTT sample in ns by Karn's rule; 0 when this segment gives none. */
  get rttNs(): number {
    return this.doubles[(this.at >> 1) + 17]
  }

  get sackBlocks(): number {
    return this.words[this.at + 20]
  }

  /** Timestamp option (RFC 7323), valid when hasTimestamps. */
  get hasTimestamps(): boolean {
    return this.words[this.at + 21] !== 0
  }

  get timestampValue(): number {
    return this.words[this.at + 22]
  }

  get timestampEcho(): number {
    return this.words[this.at + 23]
  }

  /** MSS | window shift + 1 << 16 | SACK permitted << 24 | timestamps << 25 | MSS present << 26, of this segment's options. */
  get optionSummary(): number {
    return this.words[this.at + 24]
  }

  /** Kinds of Multipath TCP options seen so far on the connection this one belongs to; 0 when it is linked to none. */
  get multipathOptions(): number {
    return this.words[this.at + 25]
  }
}
