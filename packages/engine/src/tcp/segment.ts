/**
 * One TCP segment with what the analysis concluded. One instance serves the run; it is borrowed by listeners.
 * Numbers are those of tshark 4.0.17 with default preferences unless a name says otherwise.
 */
export class Segment {
  /** Index of the flow, of the connection, and 0 when sent by the side that sent the flow's first packet. */
  flow = 0
  connection = 0
  direction = 0
  /** tshark's `tcp.stream`. */
  stream = 0
  /** True for headers quoted by ICMP errors: they move state but are not traffic. */
  isQuoted = false
  /** False when options were cut or malformed, so that tshark shows no analysis. */
  isShown = true
  /** The segment opened its connection. */
  isFirst = false
  /** The segment has FIN, and the other side has sent its own. */
  isClosed = false
  /** Relative numbers as unsigned 32-bit; the acknowledgment is raw when the ACK flag is clear. */
  relativeSequence = 0
  relativeAcknowledgment = 0
  payloadLength = 0
  tcpFlags = 0
  /** Window in bytes as shown: scaled when the scale is known. */
  windowBytes = 0
  /** 2^shift, -1 unknown, -2 not used. */
  windowScale = -1
  /** Bits of analysis-flags.ts. */
  flags = 0
  /** True when tshark shows `tcp.analysis` at all. */
  hasAnalysis = false
  /** Frame that this segment acknowledges exactly, 0 if none, and the time since it, in ns. */
  acknowledgedFrame = 0
  acknowledgmentRttNs = 0
  /** With a plain retransmission: time since the oldest unacknowledged segment, in ns, and its frame. */
  timeoutNs = 0
  timeoutFrame = 0
  duplicateAckNumber = 0
  duplicateAckFrame = 0
  /** 0 when unknown. */
  bytesInFlight = 0
  pushBytes = 0
  /** Initial RTT of the connection in ns; 0 when unknown. */
  initialRttNs = 0
  // --- our view, see loss.ts
  /** One of the LOSS_ constants. */
  loss = 0
  /** The segment reports that data arrived twice. */
  isDsack = false
  /** RTT sample in ns by Karn's rule; 0 when this segment gives none. */
  rttNs = 0

  /** SACK blocks of this segment, raw numbers: pairs of left and right edge. */
  readonly sackEdges = new Int32Array(8)
  sackBlocks = 0
  /** Timestamp option (RFC 7323), valid when hasTimestamps. */
  hasTimestamps = false
  timestampValue = 0
  timestampEcho = 0
  /** MSS | window shift + 1 << 16 | SACK permitted << 24 | timestamps << 25 | MSS present << 26, of this segment's options. */
  optionSummary = 0
  /** Kinds of Multipath TCP options seen so far on the connection this one belongs to; 0 when it is linked to none. */
  multipathOptions = 0

  /** Forgets what the analysis of the segment before concluded. */
  begin(): void {
    this.isShown = true
    this.isFirst = false
    this.isClosed = false
    this.flags = 0
    this.hasAnalysis = false
    this.acknowledgedFrame = 0
    this.acknowledgmentRttNs = 0
    this.timeoutNs = 0
    this.timeoutFrame = 0
    this.duplicateAckNumber = 0
    this.duplicateAckFrame = 0
    this.bytesInFlight = 0
    this.pushBytes = 0
    this.sackBlocks = 0
    this.hasTimestamps = false
    this.optionSummary = 0
  }
}
