/** Signed distance from `b` to `a` on the circle of 32-bit sequence numbers (RFC 1982 §3.2, RFC 9293 §3.4). */
export function seqDelta(a: number, b: number): number {
  return (a - b) | 0
}
