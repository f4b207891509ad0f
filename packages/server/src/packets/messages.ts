import { type Frame, type PacketColumn, type PacketRow, packetColumns, type Stream } from '@pcap-analyzer/web'

// what the pages read is written down where they read it
export { type Frame, type PacketColumn, type PacketRow, packetColumns, type Stream }

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

/** What the child says; frames and streams stand in a file, since they may be large. */
export type PacketMessage =
  | ({ readonly kind: 'list' } & ListMade)
  | { readonly kind: 'answer' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'bad-filter'; readonly message: string; readonly hint: string | null }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
