// Offsets of what is read of a connection record in the core's memory; the order is that of assembly/connection.ts.

export const CONNECTION_COMPLETENESS = 0
/** Completeness as tshark shows it in one pass: before the last segment. */
export const CONNECTION_SHOWN_COMPLETENESS = 1
export const CONNECTION_SYN_FRAME = 3
/** MSS | window shift + 1 << 16 | SACK permitted << 24 | timestamps << 25 | MSS present << 26; the same for SYN-ACK below. */
export const CONNECTION_SYN_OPTIONS = 4
export const CONNECTION_SYN_ACK_FRAME = 5
export const CONNECTION_SYN_ACK_OPTIONS = 6
/** Port of the side that was sent a SYN or sent a SYN-ACK, the last one seen; 0 when unknown. */
export const CONNECTION_SERVER_PORT = 7
/** Bits of what the handshake told, below. */
export const CONNECTION_HANDSHAKE = 8
/** Initial RTT in ns, 0 when unknown; in doubles from the start of the record. */
export const CONNECTION_INITIAL_RTT = 6
/** Most bytes in flight from the first sender and to it. */
export const CONNECTION_MAX_IN_FLIGHT = [14 + 14, 14 + 28 + 14] as const

/** Who the initiator is, by a SYN or SYN-ACK. */
export const HANDSHAKE_HAS_INITIATOR = 2
export const HANDSHAKE_INITIATOR_SHIFT = 2

export const SUMMARY_SHIFT = 16
export const SUMMARY_SACK_PERMITTED = 1 << 24
export const SUMMARY_TIMESTAMPS = 1 << 25
export const SUMMARY_HAS_MSS = 1 << 26
