import { type Endpoint, tcpFrame } from '@pcap-analyzer/engine/testing'

/** A TCP segment on its way, in absolute sequence numbers. */
export interface Segment {
  readonly from: Endpoint
  readonly to: Endpoint
  readonly sequence: number
  readonly acknowledgment: number
  /** Letters: S A F R P. */
  readonly flags: string
  readonly window: number
  readonly options: readonly number[]
  readonly payload: Uint8Array
  readonly identification: number
  readonly ipBytes: number
  readonly payloadBytes: number
  /** Blocks of the options, in absolute numbers (RFC 2018). */
  readonly sack: readonly (readonly [number, number])[]
  /** TSval and TSecr of the options in ms (RFC 7323). */
  readonly timestamp: number
  readonly echo: number
  readonly labels: readonly string[]
}

/** The segment as a frame whose IP packet has this hop limit left. */
export function frameOf(segment: Segment, hopLimit: number): Uint8Array {
  const { sequence, acknowledgment, flags, window, options, payload, identification } = segment
  return tcpFrame(segment.from, segment.to, {
    sequence,
    acknowledgment: flags.includes('A') ? acknowledgment : 0,
    flags,
    window,
    options,
    payload,
    identification,
    hopLimit,
  })
}

/** Blocks as an option with its padding; at most three fit beside timestamps. */
export function sackOptions(blocks: readonly (readonly [number, number])[]): number[] {
  if (blocks.length === 0) return []
  const edges = blocks
    .flat()
    .flatMap((edge) => [(edge >>> 24) & 255, (edge >>> 16) & 255, (edge >>> 8) & 255, edge & 255])
  return [1, 1, 5, 2 + edges.length, ...edges]
}
