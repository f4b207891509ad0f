/** Why a segment stands in a timeline: the opening, evidence of a finding, beside it, or the end of the connection. */
export type SegmentRole = 'opening' | 'evidence' | 'context' | 'end'

/**
 * One TCP segment, as numbers: frame, ns since the first frame of the capture, direction (0 from the initiator), flags, relative
 * sequence and acknowledgment number, window in bytes, payload bytes, bits of tshark's verdicts (`analysisFlagNames`), our view of loss
 * (`lossNames`).
 */
export type SegmentRow = readonly [
  frame: number,
  timeNs: number,
  direction: number,
  flags: number,
  sequence: number,
  acknowledgment: number,
  window: number,
  payloadBytes: number,
  verdicts: number,
  loss: number,
]

/** Both ends of a TCP connection. */
export interface ConnectionEnds {
  readonly stream: number
  readonly initiator: string
  readonly initiatorPort: number
  readonly responder: string
  readonly responderPort: number
}

/** Segments around the evidence of a finding within one connection; what lies between them is left out. */
export interface EvidenceTimeline extends ConnectionEnds {
  readonly segments: readonly { readonly role: SegmentRole; readonly row: SegmentRow }[]
  /** Segments of the connection in all. */
  readonly total: number
}

/** A frame of the evidence that is no TCP: as a packet list shows it. */
export interface EvidenceFrame {
  readonly frame: number
  readonly timeNs: number
  readonly source: string
  readonly destination: string
  readonly protocol: string
  readonly wireBytes: number
  readonly info: string
}

/** The frames that prove a finding, as far as they are shown. */
export interface FindingDetail {
  readonly key: string
  /** The first few connections with evidence; `connections` says how many there are. */
  readonly timelines: readonly EvidenceTimeline[]
  readonly connections: number
  readonly frames: readonly EvidenceFrame[]
}

/** Values of one direction in bins of equal width; only bins in which something happened. */
export interface ConnectionBins {
  readonly widthNs: number
  /** Index of each bin, ascending; it starts at index · widthNs after the connection's first segment. */
  readonly index: readonly number[]
  readonly payloadBytes: readonly number[]
  /** Greatest number of bytes in flight; 0 unknown. */
  readonly inFlightBytes: readonly number[]
  /** Least window that this side offered; -1 when it sent nothing. */
  readonly windowBytes: readonly number[]
  /** Least and greatest round-trip time of what this side sent; 0 unknown. */
  readonly leastRttNs: readonly number[]
  readonly greatestRttNs: readonly number[]
  readonly resent: readonly number[]
}

/** What can hold a sender back. */
export const transferLimits = ['application', 'receiver-window', 'congestion-window', 'loss-recovery', 'path'] as const
export type TransferLimit = (typeof transferLimits)[number]

/** What one side sent in bulk, and for how long each limit held it back; together they are the whole duration. */
export interface TransferLimits {
  readonly payloadBytes: number
  /** From the first data to the last. */
  readonly durationNs: number
  readonly mostInFlightBytes: number
  /** 0 unknown. */
  readonly leastRttNs: number
  readonly limitNs: Readonly<Record<TransferLimit, number>>
}

/** A connection with what graphs of it need; long ones are thinned out, remarkable segments last. */
export interface ConnectionDetail extends ConnectionEnds {
  readonly firstTimeNs: number
  readonly durationNs: number
  /** Segments of the connection in all, and every how many of them one is listed, remarkable ones aside. */
  readonly total: number
  readonly stride: number
  readonly segments: readonly SegmentRow[]
  /** Of what the initiator and the responder sent. */
  readonly bins: readonly [ConnectionBins, ConnectionBins]
  /** The same; null where little was sent or the handshake was not captured. */
  readonly limits: readonly [TransferLimits | null, TransferLimits | null]
}

/** Who sent and received within a burst, most bytes first; as many as are shown. */
export interface BurstDetail {
  readonly firstFrame: number
  readonly lastFrame: number
  readonly sources: readonly BurstShare[]
  readonly destinations: readonly BurstShare[]
  /** Innermost protocol of the frames. */
  readonly protocols: readonly BurstShare[]
}

export interface BurstShare {
  readonly name: string
  readonly packets: number
  readonly wireBytes: number
}

/** What a second look at the capture adds for people: bounded, whatever the size of the capture. */
export interface Details {
  readonly findings: readonly FindingDetail[]
  readonly connections: readonly ConnectionDetail[]
  /** Of the bursts that the report lists. */
  readonly bursts: readonly BurstDetail[]
}
