import type { CaptureInterface, ReadEnd } from './capture/metadata.ts'
import type { Finding } from './finding.ts'

/** Version of the report's shape; the published JSON Schema carries the same. */
export const REPORT_FORMAT = 'pcap-analyzer-report/1'

/** What a number or text in a section is, so that every renderer can draw sections it has never heard of. */
export type Unit =
  | 'count'
  | 'bytes'
  | 'ns'
  | 'ratio'
  | 'bitsPerSecond'
  | 'packetsPerSecond'
  | 'address'
  | 'port'
  | 'frame'
  | 'stream'
  | 'protocol'
  | 'text'
  | 'filter'
  | 'time'

export type Value = number | string | boolean | null

export interface Fact {
  readonly key: string
  readonly label: string
  readonly unit: Unit
  readonly value: Value
}

export interface Column {
  readonly key: string
  readonly label: string
  readonly unit: Unit
}

/** Rows are capped; `total` says how many there were. Each row has one value a column. */
export interface Table {
  readonly key: string
  readonly title: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Value[])[]
  readonly total: number
}

/** Facts of one analyzer. */
export interface Section {
  /** Id of the analyzer. */
  readonly id: string
  readonly title: string
  /** Which view of TCP the numbers are from, where that makes a difference. */
  readonly view: 'tshark' | 'ours' | null
  readonly facts: readonly Fact[]
  readonly tables: readonly Table[]
}

/** The capture as a whole. Times are decimal seconds since 1970 with nine decimals, as text. */
export interface CaptureSummary {
  readonly format: string
  readonly compression: string
  readonly byteOrder: string
  readonly packets: number
  /** Bytes on the wire. */
  readonly wireBytes: number
  readonly capturedBytes: number
  readonly firstTime: string | null
  readonly lastTime: string | null
  readonly earliestTime: string | null
  readonly latestTime: string | null
  /** latest - earliest. */
  readonly durationNs: number
  readonly timeOrdered: boolean
  readonly truncatedPackets: number
  readonly linkTypes: readonly {
    readonly number: number
    readonly name: string
    readonly supported: boolean
    readonly packets: number
  }[]
  readonly interfaces: readonly CaptureInterface[]
  readonly interfaceCount: number
  readonly sections: number
  readonly hardware: string | null
  readonly operatingSystem: string | null
  readonly application: string | null
  readonly comments: readonly { readonly frame: number | null; readonly text: string }[]
  readonly commentCount: number
  readonly decryptionSecrets: number
  readonly skippedBlocks: Readonly<Record<string, number>>
  /** How far the file could be read, and why not further; one entry for each file of a capture set. */
  readonly files: readonly { readonly name: string | null; readonly packets: number; readonly end: ReadEnd }[]
  /** Where decoding stopped before the end of a header: reason -> frames. */
  readonly decodeStops: Readonly<Record<string, number>>
  /** Limits that were reached: limit -> times. Empty when the analysis is complete. */
  readonly limitsReached: Readonly<Record<string, number>>
}

/** What `analyze` returns. Plain JSON; the same bytes in give the same bytes out. */
export interface Report {
  readonly format: typeof REPORT_FORMAT
  readonly engine: { readonly name: 'pcap-analyzer'; readonly version: string }
  readonly capture: CaptureSummary
  /** Most costly first, then most severe. */
  readonly findings: readonly Finding[]
  readonly findingCount: number
  readonly sections: readonly Section[]
}
