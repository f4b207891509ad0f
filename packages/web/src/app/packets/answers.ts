export const columns = ['number', 'time', 'source', 'destination', 'protocol', 'length', 'info'] as const
export type Column = (typeof columns)[number]
export type Level = 'chat' | 'note' | 'warn' | 'error'
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
  level: Level | null,
  transport: Transport | null,
  stream: number,
]

export interface PacketPage {
  readonly rows: readonly PacketRow[]
  readonly listed: number
  readonly passed: number
  readonly packets: number
}

/** A line of a dissection: what it says, and which bytes say it. */
export interface DetailNode {
  readonly label: string
  readonly value: string | null
  readonly filter: string | null
  readonly start: number
  readonly length: number
  readonly children: readonly DetailNode[]
}

export interface Frame {
  readonly row: PacketRow
  readonly epoch: string
  readonly capturedBytes: number
  readonly nodes: readonly DetailNode[]
  readonly base64: string
  readonly isPayloadWithheld: boolean
}

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
