import type { DetailNode, ExpertLevel } from '@pcap-analyzer/engine/observe'

/** Columns of a packet list, by which it can be sorted. */
export const packetColumns = ['number', 'time', 'source', 'destination', 'protocol', 'length', 'info'] as const
export type PacketColumn = (typeof packetColumns)[number]

/** A line of a packet list: the columns in their order, the expert level, and `tcp.stream` or `udp.stream`. */
export type PacketRow = readonly [
  number: number,
  timeNs: number,
  source: string,
  destination: string,
  protocol: string,
  wireBytes: number,
  info: string,
  level: ExpertLevel | null,
  transport: 'tcp' | 'udp' | null,
  stream: number,
]

interface OnCapture {
  readonly capture: string
  readonly folder: string
  readonly mostExpansionRatio: number
}

/** What the child is told, as its only argument. */
export type PacketOrder = OnCapture &
  (
    | {
        readonly kind: 'list'
        readonly filter: string
        readonly sort: PacketColumn
        readonly isDescending: boolean
        readonly mostRows: number
      }
    | { readonly kind: 'frame'; readonly number: number; readonly withPayload: boolean }
    | {
        readonly kind: 'stream'
        readonly transport: 'tcp' | 'udp'
        readonly stream: number
        readonly mostBytes: number
      }
  )

/** A list that was written: how many frames passed of how many, and how many of them are listed. */
export interface ListMade {
  readonly passed: number
  readonly packets: number
  readonly listed: number
  /** Where every hundredth row begins in the file. */
  readonly starts: readonly number[]
}

/** A frame taken apart. */
export interface FrameMade {
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
export interface StreamMade {
  readonly initiator: string
  readonly responder: string
  readonly turns: readonly {
    readonly direction: 0 | 1
    readonly frame: number
    readonly timeNs: number
    readonly missingBytes: number
    readonly base64: string
  }[]
  readonly isCut: boolean
}

/** What the child says; frames and streams stand in a file, since they may be large. */
export type PacketMessage =
  | ({ readonly kind: 'list' } & ListMade)
  | { readonly kind: 'answer' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'bad-filter'; readonly message: string; readonly hint: string | null }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
