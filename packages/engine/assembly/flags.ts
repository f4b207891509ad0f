// Bits of a TCP header, those of tshark's verdicts, and comparisons of sequence numbers.

export * from '../src/tcp/analysis-bits'

export const TCP_FIN = 0x01
export const TCP_SYN = 0x02
export const TCP_RST = 0x04
export const TCP_PSH = 0x08
export const TCP_ACK = 0x10

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
