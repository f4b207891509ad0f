import { parts } from './parts.ts'

// Offsets of the record of a connection's exchanges in words, as the core writes it (assembly/exchange.ts). Times are ns since the first
// frame; frames are those of the boundaries.

/** Direction of the client + 1; 0 while unknown. */
export const CLIENT = 1
/** Turns of a TLS handshake still expected; 0 when none is under way. */
export const TLS_TURNS = 2
export const HAS_HTTP = 4
/** Requests with their responses that are over. */
export const EXCHANGES = 6
export const BEGIN_FRAME = 7
export const CONNECTED_FRAME = 8
export const REQUEST_FRAME = 9
export const REQUEST_END_FRAME = 10
export const FIRST_BYTE_FRAME = 11
export const LAST_BYTE_FRAME = 12

// In doubles from the start of the record.
/** Up to here the time is accounted for. */
export const CURSOR = 7
export const BEGIN = 11
/** What the round trips of all exchanges would save. */
export const SAVED_BY_RTT = 17
export const PARTS = 18
/** Sums over the connection's exchanges. */
export const SUMS = PARTS + parts.length
