import type { CaptureInterface, ReadEnd } from './capture/metadata.ts'
import type { Finding, Severity } from './finding.ts'
import type { Details } from './report-details.ts'

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
  /** Of how many samples it is, where that decides whether it can be told. */
  readonly samples?: number
  /** Why there is no value, in words. */
  readonly note?: string
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

/** What tells where a capture was taken, surest first. */
export const vantageBases = ['sent-frames', 'checksums', 'handshakes', 'hop-limits', 'none'] as const
export type VantageBasis = (typeof vantageBases)[number]

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
  readonly vantageBasis: VantageBasis
  readonly checks: readonly QualityCheck[]
  readonly advice: readonly CaptureAdvice[]
  /** Findings that are not told because the capture could not have shown the opposite. */
  readonly withheld: readonly { readonly kind: string; readonly key: string; readonly because: readonly string[] }[]
}

/** Phenomena that the health score counts. */
export const healthMetricIds = [
  'loss',
  'latency',
  'connections',
  'name-resolution',
  'slow-servers',
  'jitter',
  'closed-windows',
  'reordering',
] as const
export type HealthMetricId = (typeof healthMetricIds)[number]

/** From 95, 85, 65, 45, 25 points on, and below. */
export const grades = ['excellent', 'good', 'fair', 'poor', 'bad', 'failing'] as const
export type Grade = (typeof grades)[number]

/** One phenomenon of the health score. */
export interface JudgedHealthPart {
  readonly id: HealthMetricId
  readonly unit: 'ratio' | 'ns'
  /** Null when it is not known. */
  readonly value: number | null
  readonly samples: number
  /** 0 … 100. */
  readonly penalty: number
  readonly weight: number
  /** Points it takes off: its penalty by its share of the weights that are known. */
  readonly points: number
  /** Why it is not known; null when it is. */
  readonly missing: 'too-few-samples' | 'quality' | 'security' | null
  /** Checks of the capture's quality that keep it from being known. */
  readonly failedChecks: readonly CheckId[]
}

/** What security takes off the health score: by the worst finding alone. */
export interface JudgedSecurity {
  readonly findings: number
  readonly worst: Severity | null
  readonly points: number
}

/** How well the network did, with everything the score is made of. */
export interface Health {
  /** 0 … 100; null when nothing could be measured. */
  readonly score: number | null
  readonly grade: Grade | null
  /** The score in one sentence. */
  readonly text: string
  readonly parts: readonly (JudgedHealthPart & { readonly text: string })[]
  readonly security: JudgedSecurity & { readonly text: string }
}

/** What people look for in a capture. */
export const phenomenonIds = [
  'loss',
  'failed-connections',
  'closed-windows',
  'resets',
  'dns-trouble',
  'http-trouble',
  'tls-alerts',
] as const
export type PhenomenonId = (typeof phenomenonIds)[number]

/** A phenomenon that was not seen, and whether it would have been. */
export interface NotSeen {
  readonly id: PhenomenonId
  /** Of how many it was none. */
  readonly of: number
  readonly isVisible: boolean
  /** Checks of the capture's quality for which it might not have been seen. */
  readonly failedChecks: readonly CheckId[]
  readonly text: string
}

/** What a report was made of and how, so that it can be made again. */
export interface Provenance {
  /** The files as they are stored, in the order in which they were read. */
  readonly captures: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[]
  readonly options: {
    readonly language: string
    readonly latencySeconds: number | null
    /** Thresholds that are not the defaults, by id of the analyzer and name. */
    readonly settings: Readonly<Record<string, Readonly<Record<string, number>>>>
    /** Limits that are not the defaults. */
    readonly limits: Readonly<Record<string, number>>
  }
  /** SHA-256 of the analyzers, detectors and their defaults, in hex: what judged. */
  readonly rules: string
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
  /** The main phenomena without a finding, where the capture gives occasion. */
  readonly notSeen: readonly NotSeen[]
  readonly health: Health
  readonly sections: readonly Section[]
  /** Packets and samples of connections, where a second pass was made for them. */
  readonly details?: Details
  /** Only in reports that are written to be handed on. */
  readonly provenance?: Provenance
}
