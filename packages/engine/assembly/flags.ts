// Bits of a TCP header and of tshark's verdicts; the latter in the order of src/tcp/analysis-flags.ts.

export const TCP_FIN = 0x01
export const TCP_SYN = 0x02
export const TCP_RST = 0x04
export const TCP_PSH = 0x08
export const TCP_ACK = 0x10

export const RETRANSMISSION = 1 << 0
export const FAST_RETRANSMISSION = 1 << 1
export const SPURIOUS_RETRANSMISSION = 1 << 2
export const OUT_OF_ORDER = 1 << 3
export const DUPLICATE_ACK = 1 << 4
export const LOST_SEGMENT = 1 << 5
export const ACK_LOST_SEGMENT = 1 << 6
export const ZERO_WINDOW = 1 << 7
export const ZERO_WINDOW_PROBE = 1 << 8
export const ZERO_WINDOW_PROBE_ACK = 1 << 9
export const WINDOW_FULL = 1 << 10
export const WINDOW_UPDATE = 1 << 11
export const KEEP_ALIVE = 1 << 12
export const KEEP_ALIVE_ACK = 1 << 13
export const REUSED_PORTS = 1 << 14

/** `tcp.analysis.retransmission` is also present on fast and spurious ones. */
export const ANY_RETRANSMISSION = RETRANSMISSION | FAST_RETRANSMISSION | SPURIOUS_RETRANSMISSION

/** True when `a` comes after `b` on the circle of 32-bit sequence numbers. At a distance of 2^31 each comes after the other, as in tshark. */
@inline
export function isAfter(a: i32, b: i32): bool {
  return b - a < 0
}

@inline
export function isBefore(a: i32, b: i32): bool {
  return a - b < 0
}

@inline
export function isNotAfter(a: i32, b: i32): bool {
  return a - b <= 0
}
