import { parts } from './parts.ts'

// Offsets of the record of a connection, in doubles. Times are ns since the first frame.

/** NOTHING and following. */
export const STATE = 0
/** Up to here the time is accounted for. */
export const CURSOR = 1
/** End of the wait counted last, so that none is counted twice; and the waits within the phase that is under way. */
export const STALL_END = 2
export const STALL_RETRANSMISSION = 3
export const STALL_ZERO_WINDOW = 4
export const BEGIN = 5
export const SYN_TIME = 6
/** Round trip between the capture and the server, and the whole one of the handshake. */
export const SERVER_RTT = 7
export const HANDSHAKE_RTT = 8
/** Frames of the boundaries. */
export const BEGIN_FRAME = 9
export const CONNECTED_FRAME = 10
export const REQUEST_FRAME = 11
export const REQUEST_END_FRAME = 12
export const FIRST_BYTE_FRAME = 13
export const LAST_BYTE_FRAME = 14
/** Turns of a TLS handshake still expected; 0 when none is under way. */
export const TLS_TURNS = 15
/** The client's Finished was seen and no request yet. */
export const IS_FINISHED = 16
/** Round trips that the transaction needed at least. */
export const ROUND_TRIPS = 17
/** Time + 1 since when the window of each side is closed. */
export const CLOSED_SINCE = 18
export const HAS_HTTP = 20
/** Direction of the client + 1; 0 until it is asked for. */
export const CLIENT = 21
export const PARTS = 22
/** Sums over the connection's transactions. */
export const SUMS = PARTS + parts.length
export const TRANSACTIONS = SUMS + parts.length
export const SAVED_BY_RTT = TRANSACTIONS + 1
export const RECORD_WIDTH = SAVED_BY_RTT + 1

export const NOTHING = 0
export const SYN_SENT = 1
export const SYN_ANSWERED = 2
export const CONNECTED = 3
export const IN_REQUEST = 4
export const IN_RESPONSE = 5
