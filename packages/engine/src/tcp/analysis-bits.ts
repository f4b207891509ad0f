// The bits of {@link analysisFlagNames}, apart from them because the core reads this file too.

export const RETRANSMISSION = 1 << 0
export const FAST_RETRANSMISSION = 1 << 1
export const SPURIOUS_RETRANSMISSION = 1 << 2
export const OUT_OF_ORDER = 1 << 3
export const DUPLICATE_ACK = 1 << 4
/** @public */
export const LOST_SEGMENT = 1 << 5
export const ACK_LOST_SEGMENT = 1 << 6
export const ZERO_WINDOW = 1 << 7
export const ZERO_WINDOW_PROBE = 1 << 8
export const ZERO_WINDOW_PROBE_ACK = 1 << 9
export const WINDOW_FULL = 1 << 10
/** @public */
export const WINDOW_UPDATE = 1 << 11
export const KEEP_ALIVE = 1 << 12
export const KEEP_ALIVE_ACK = 1 << 13
export const REUSED_PORTS = 1 << 14

/** `tcp.analysis.retransmission` is also present on fast and spurious ones. */
export const ANY_RETRANSMISSION = RETRANSMISSION | FAST_RETRANSMISSION | SPURIOUS_RETRANSMISSION
