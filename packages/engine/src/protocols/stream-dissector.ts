import type { Packet } from '../packet.ts'

/** Ask for this many bytes more is written as a positive number; these two are the other things a dissector can ask for. */
export const NEED_NOTHING = 0
export const NEED_ONE_MORE_SEGMENT = -1
export const NEED_UNTIL_FIN = -2

/** Where a piece of a TCP stream came from. One instance serves the run; it is borrowed by whoever receives it. */
export interface StreamPiece {
  /** The frame that completes the piece, with its protocols to be marked. */
  readonly packet: Packet
  /** Number of the TCP stream (tshark's `tcp.stream`). */
  readonly stream: number
  /** 0 for the side that sent the stream's first packet, 1 for the other. */
  readonly direction: 0 | 1
  readonly sourcePort: number
  readonly destinationPort: number
  /** False where the segment is cut or the stream's memory is full: asking for more is in vain, so use what is there. */
  readonly canWait: boolean
  /** Frame and time of the segment with the piece's first byte. */
  readonly firstFrame: number
  readonly firstTimeNs: number
  /** For `unitCompleted`: bytes that passed unseen since they were asked for. */
  readonly skippedBytes: number
  /** Set by the dissector: what it needs before it can go on at the offset it returned. */
  need: number
  /** Set by the dissector with `need`: nothing looks at the bytes of the coming unit, so they are counted and not kept. */
  skipContent: boolean
  /** Set by the dissector with `skipContent`: only what follows without a gap belongs to the unit, as if one segment after the other were asked for. */
  inOrderOnly: boolean
  /**
   * Null for bytes that begin a message. A dissector that asks for more may leave an object here; it gets the same object with the
   * rest of that message. Leaving the object it was given means that the same message goes on.
   */
  context: object | null
  /** Set by the dissector when the message that waits began in these bytes before the returned offset; -1 otherwise. */
  messageStart: number
  /**
   * Set by the dissector when nothing that this direction still sends says more than the protocol's name: the id of that protocol, to
   * be marked on its frames. -1 otherwise.
   */
  opaque: number
  /** Set by the dissector when nothing that either direction still sends says more. */
  isOver: boolean
}

/**
 * Reads the messages of one application protocol from a TCP stream in order (RFC 9293 octet stream, one call a unit).
 * One instance belongs to one connection and sees both directions.
 */
export interface StreamDissector {
  /**
   * Protocol whose records of application data nobody reads: a frame that touches the start or the end of one is only marked with it.
   * Only for a dissector that sees all bytes of its connection.
   */
  readonly recordProtocol?: number
  /** What is no record, nor text, is only marked as well. */
  readonly marksWhatIsNoRecord?: boolean
  /**
   * Looks at `bytes[start…end)`, which begin at a message boundary or are the unit that was asked for.
   * @returns offset of the first byte not consumed; with `piece.need` set when more is needed from there on.
   */
  dissect(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): number
  /** A unit asked for with `skipContent` has arrived completely; may ask for more of the same message. */
  unitCompleted(piece: StreamPiece): void
  /** Looks at payload that an ICMP error quotes; without it such payload is passed over. */
  quoted?(piece: StreamPiece, bytes: Uint8Array, start: number, end: number): void
}
