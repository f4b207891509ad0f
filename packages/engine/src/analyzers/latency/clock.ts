import { RETRANSMISSION, ZERO_WINDOW } from './parts.ts'
import { CURSOR, PARTS, STALL_END, STALL_RETRANSMISSION, STALL_ZERO_WINDOW } from './record.ts'

/**
 * Gives the time from the cursor to `nowNs` to a part, less the waits noted within it, which go to parts of their own; moves the cursor. A
 * clock that steps back gives nothing.
 */
export function advance(values: Float64Array, at: number, part: number, nowNs: number): void {
  const sinceNs = nowNs - values[at + CURSOR]
  if (sinceNs < 0) return
  values[at + PARTS + RETRANSMISSION] += values[at + STALL_RETRANSMISSION]
  values[at + PARTS + ZERO_WINDOW] += values[at + STALL_ZERO_WINDOW]
  values[at + PARTS + part] += sinceNs - values[at + STALL_RETRANSMISSION] - values[at + STALL_ZERO_WINDOW]
  values[at + STALL_RETRANSMISSION] = 0
  values[at + STALL_ZERO_WINDOW] = 0
  values[at + CURSOR] = nowNs
  values[at + STALL_END] = nowNs
}

/** Notes a wait from `sinceNs` to `nowNs` within the phase under way; what overlaps the phase before or another wait is left out. */
export function stall(values: Float64Array, at: number, field: number, sinceNs: number, nowNs: number): void {
  const fromNs = Math.max(sinceNs, values[at + CURSOR], values[at + STALL_END])
  if (nowNs <= fromNs) return
  values[at + field] += nowNs - fromNs
  values[at + STALL_END] = nowNs
}

/** Splits the wait for the first byte: the round trip to the server comes first, the rest is the server's. */
export function advanceToFirstByte(
  values: Float64Array,
  at: number,
  path: number,
  server: number,
  rttNs: number,
  nowNs: number,
): void {
  const before = values[at + PARTS + server]
  advance(values, at, server, nowNs)
  const pathNs = Math.min(rttNs, values[at + PARTS + server] - before)
  values[at + PARTS + server] -= pathNs
  values[at + PARTS + path] += pathNs
}
