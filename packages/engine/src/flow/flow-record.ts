// Offsets of the integers of a flow record in the core's memory; the order is that of assembly/flow-table.ts. Addresses and ports stand in
// canonical order, the smaller end first, so that both directions find the same record; direction 0 is that of the flow's first packet.

export const FLOW_LOW_ADDRESS = 0
export const FLOW_HIGH_ADDRESS = 4
/** Port of the low end in the upper, of the high end in the lower 16 bits. */
export const FLOW_PORTS = 8
/** IP version | transport protocol << 8; 0 in a record that is not in use. */
export const FLOW_META = 9
/** Number of the stream within its transport protocol, in order of first use (tshark's tcp.stream, udp.stream). */
export const FLOW_NUMBER = 10
/** First and last frame counted; 0 in a flow that only ICMP errors quoted. */
export const FLOW_FIRST_FRAME = 11
export const FLOW_LAST_FRAME = 12
/** 1 when the flow's first packet went from the high to the low end. */
export const FLOW_FIRST_SENDER = 13
/** Frames from the first sender; the next word counts those to it. */
export const FLOW_FRAMES = 14
/** Index of the TCP connection; 0 in other flows. */
export const FLOW_CONNECTION = 18

/** Frames with payload from the first sender; the next word counts those to it. */
export const FLOW_DATA_FRAMES = 32
/** How far the dissectors look into the flow's datagrams, see assembly/interest.ts. */
export const FLOW_INTEREST = 37

// Offsets of the doubles, in doubles from the start of the record.
export const FLOW_BYTES = 10
export const FLOW_PAYLOAD_BYTES = 12
export const FLOW_FIRST_TIME = 14
export const FLOW_LAST_TIME = 15
