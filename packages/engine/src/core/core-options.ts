export interface CoreOptions {
  /** Unacknowledged segments remembered over all connections. */
  readonly maxUnackedSegments: number
  /** Count frames by pair of addresses too. */
  readonly conversations: boolean
  /** Our own view of loss beside tshark's. */
  readonly ownView: boolean
  /** What a walk stops for, see {@link TELLS}. */
  readonly tells: number
  /** Gets the text of lists: those of frames as they fill up (their number counts from 0), and what is printed at once ({@link OUTPUT}). */
  readonly takeText: TextSink | null
}

/** Bits of {@link CoreOptions.tells}: remarkable segments; segments whose payload is read; datagrams that have the header of RTP. */
export const TELLS = { remarkable: 1, payload: 2, rtp: 4 } as const

/** Takes a piece of JSON text, which is borrowed. */
export type TextSink = (list: number, piece: Uint8Array) => void

/** Number that {@link TextSink} gets for what `write…` prints. */
export const OUTPUT = -1

/** Lists of frames after the fifteen verdicts of TCP, which have the numbers of their bits; the order is that of assembly/frame-lists.ts. */
export const FRAME_LISTS = {
  ackRtt: 15,
  rto: 16,
  syn: 17,
  synAck: 18,
  fin: 19,
  rst: 20,
  synRetransmission: 21,
  synAckRetransmission: 22,
  quic: 23,
} as const
export const FRAME_LIST_COUNT = 24

/** What `Core.writeConnections` can print. */
export const CONNECTION_FACTS = { initialRtt: 0, handshake: 1, completeness: 2, maxInFlight: 3 } as const
