/** Signed distance from `b` to `a` on the circle of 32-bit sequence numbers (RFC 1982 §3.2, RFC 9293 §3.4). */
export function seqDelta(a: number, b: number): number {
  return (a - b) | 0
}

/** True when `a` comes after `b`. At a distance of exactly 2^31 each comes after the other, as in tshark. */
export function isAfter(a: number, b: number): boolean {
  return ((b - a) | 0) < 0
}

export function isBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0
}

export function isNotAfter(a: number, b: number): boolean {
  return ((a - b) | 0) <= 0
}
