import type { DetailNode, ExpertLevel } from '@pcap-analyzer/engine/observe'

export type { DetailNode }

/** Columns of the list, by which it can be sorted. */
export const columns = ['number', 'time', 'source', 'destination', 'protocol', 'length', 'info'] as const
export type PacketColumn = (typeof columns)[number]
export type Transport = 'tcp' | 'udp'

/** A line of the list, as the service sends it. */
export type PacketRow = readonly [
  number: number,
  timeNs: number,
  source: string,
  destination: string,
  protocol: string,
  wireBytes: number,
  info: string,
  level: ExpertLevel | null,
  transport: Transport | null,
  stream: number,
]

export interface PacketPage {
  readonly rows: readonly PacketRow[]
  readonly listed: number
  readonly passed: number
  readonly packets: number
}

/** A frame taken apart. */
export interface Frame {
  readonly row: PacketRow
  /** Seconds since 1970 with nine decimals; empty where the capture has no times. */
  readonly epoch: string
  readonly capturedBytes: number
  readonly nodes: readonly DetailNode[]
  readonly base64: string
  /** Whether bytes were left out because the caller may not see what was sent. */
  readonly isPayloadWithheld: boolean
}

/** What both sides of a stream sent. */
export interface Stream {
  readonly initiator: string
  readonly responder: string
  readonly turns: readonly StreamTurn[]
  readonly isCut: boolean
}

export interface StreamTurn {
  readonly direction: 0 | 1
  readonly frame: number
  readonly timeNs: number
  readonly missingBytes: number
  readonly base64: string
}

/** How much of a report the caller may see. */
export interface ReportAccess {
  readonly level: 'summary' | 'metadata' | 'payload' | 'raw'
  readonly is_own: boolean
  readonly owner_username: string | null
  readonly has_capture: boolean
}

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
