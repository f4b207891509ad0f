// Offsets of what is read of a connection record in the core's memory; the order is that of assembly/connection.ts.

export const CONNECTION_COMPLETENESS = 0
/** Bits of what the handshake told, below. */
export const CONNECTION_HANDSHAKE = 8
/** Initial RTT in ns, 0 when unknown; in doubles from the start of the record. */
export const CONNECTION_INITIAL_RTT = 6

/** Who the initiator is, by a SYN or SYN-ACK. */
export const HANDSHAKE_HAS_INITIATOR = 2
export const HANDSHAKE_INITIATOR_SHIFT = 2

/** Bits of {@link Segment.optionSummary}. */
export const SUMMARY_SACK_PERMITTED = 1 << 24
export const SUMMARY_TIMESTAMPS = 1 << 25
