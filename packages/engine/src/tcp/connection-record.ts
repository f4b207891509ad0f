// Offsets of what is read of a connection record in the core's memory; the order is that of assembly/connection.ts.

export const CONNECTION_COMPLETENESS = 0
/** Port of the side that was sent a SYN or sent a SYN-ACK, the last one seen; 0 when unknown. */
export const CONNECTION_SERVER_PORT = 7
/** Bits of what the handshake told, below. */
export const CONNECTION_HANDSHAKE = 8
/** How far the payload of direction 0 is read, see march/stream-connections.ts; that of direction 1 follows. */
export const CONNECTION_READING = 10
export const READING_WORDS = 6
/** What is watched of the connection, see core/observations.ts. */
export const CONNECTION_WATCHED = 23
/** Initial RTT in ns, 0 when unknown; in doubles from the start of the record. */
export const CONNECTION_INITIAL_RTT = 13

/** Who the initiator is, by a SYN or SYN-ACK. */
export const HANDSHAKE_HAS_INITIATOR = 2
export const HANDSHAKE_INITIATOR_SHIFT = 2

/** Bits of {@link Segment.optionSummary}. */
export const SUMMARY_SACK_PERMITTED = 1 << 24
export const SUMMARY_TIMESTAMPS = 1 << 25
