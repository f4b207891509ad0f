/** What is concluded about a segment or datagram, read by the host after each call; the order is that of src/tcp/segment.ts. */
@unmanaged
export class Segment {
  flow: i32
  connection: i32
  direction: i32
  stream: i32
  isShown: i32
  isFirst: i32
  isClosed: i32
  relativeSequence: i32
  relativeAcknowledgment: i32
  windowBytes: i32
  windowScale: i32
  flags: i32
  hasAnalysis: i32
  acknowledgedFrame: i32
  timeoutFrame: i32
  duplicateAckNumber: i32
  duplicateAckFrame: i32
  bytesInFlight: i32
  loss: i32
  isDsack: i32
  sackBlocks: i32
  hasTimestamps: i32
  timestampValue: i32
  timestampEcho: i32
  optionSummary: i32
  multipathOptions: i32
  isRemarkable: i32
  /** The window of the segment before was closed. */
  wasClosed: i32
  acknowledgmentRttNs: f64
  timeoutNs: f64
  initialRttNs: f64
  rttNs: f64
  pushBytes: f64
  sackEdges: i32

  /** Forgets what was concluded about the segment before. */
  begin(): void {
    this.isShown = 1
    this.isFirst = 0
    this.isClosed = 0
    this.flags = 0
    this.hasAnalysis = 0
    this.acknowledgedFrame = 0
    this.acknowledgmentRttNs = 0
    this.timeoutNs = 0
    this.timeoutFrame = 0
    this.duplicateAckNumber = 0
    this.duplicateAckFrame = 0
    this.bytesInFlight = 0
    this.pushBytes = 0
    this.sackBlocks = 0
    this.hasTimestamps = 0
    this.optionSummary = 0
  }

  @inline
  sackEdge(i: i32): i32 {
    return load<i32>(changetype<usize>(this) + SACK_EDGES_OFFSET + ((<usize>i) << 2))
  }

  @inline
  setSackEdge(i: i32, value: i32): void {
    store<i32>(changetype<usize>(this) + SACK_EDGES_OFFSET + ((<usize>i) << 2), value)
  }
}

const SACK_EDGES_OFFSET: usize = 152
export const SEGMENT_BYTES: usize = 152 + 32
