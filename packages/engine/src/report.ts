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
  /** Frames that are earlier than the one before, and by how much at most. */
  readonly backwardSteps: number
  readonly greatestBackwardNs: number
  readonly truncatedPackets: number
  /** Packets that records say were lost before them. */
  readonly packetDrops: number
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

/** What can be asked of the quality of a capture. */
export const checkIds = [
  'vantage-point',
  'both-directions',
  'no-capture-drops',
  'no-capture-duplicates',
  'no-offload',
  'whole-packets',
  'monotone-clock',
  'fine-timestamps',
  'connection-starts',
] as const
export type CheckId = (typeof checkIds)[number]

/** Where the capture was taken: at the clients (initiators), the servers (responders), hosts that are both, or in between. */
export type VantagePoint = 'client' | 'server' | 'both' | 'middle' | 'unknown'

/** A check of the capture's quality with the numbers that decided. */
export interface JudgedCheck {
  readonly id: CheckId
  /** Null where the capture gives no occasion to judge. */
  readonly ok: boolean | null
  readonly numbers: Readonly<Record<string, number>>
}

/** A check in words. */
export interface QualityCheck extends JudgedCheck {
  readonly text: string
}

/** How to make a better capture where a check failed. */
export interface CaptureAdvice {
  readonly check: CheckId
  readonly text: string
  /** To be typed as they are, but for the words in capitals. */
  readonly commands: readonly string[]
}

/** Whether the capture can support what is concluded of it. */
export interface CaptureQuality {
  /** One sentence. */
  readonly verdict: string
  readonly vantagePoint: VantagePoint
  readonly checks: readonly QualityCheck[]
  readonly advice: readonly CaptureAdvice[]
  /** Findings that are not told because the capture could not have shown the opposite. */
  readonly withheld: readonly { readonly kind: string; readonly key: string; readonly because: readonly string[] }[]
}

/** What `analyze` returns. Plain JSON; the same bytes in give the same bytes out. */
export interface Report {
  readonly format: typeof REPORT_FORMAT
  readonly engine: { readonly name: 'pcap-analyzer'; readonly version: string }
  readonly capture: CaptureSummary
  readonly quality: CaptureQuality
  /** Most costly first, then most severe. */
  readonly findings: readonly Finding[]
  readonly findingCount: number
  readonly sections: readonly Section[]
}
