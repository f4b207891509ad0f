import type { CheckId, Grade, Severity, TransferLimit } from '@pcap-analyzer/engine'
import { english } from './en.ts'
import { french } from './fr.ts'

/** Everything the viewer itself says; findings and checks come in words with the report. */
export interface Words {
  readonly showPackets: string
  readonly reportOf: string
  readonly contents: string
  readonly skip: string
  /** Between a phrase and what it announces. */
  readonly colon: string
  readonly yes: string
  readonly no: string
  readonly none: string
  readonly overview: string
  readonly quality: string
  readonly timeWent: string
  readonly findings: string
  readonly notSeen: string
  readonly connections: string
  readonly hosts: string
  readonly explore: string
  readonly provenance: string
  readonly packets: string
  readonly wireBytes: string
  readonly duration: string
  readonly healthOf100: string
  readonly pointsOff: string
  readonly grades: Readonly<Record<Grade, string>>
  readonly severities: Readonly<Record<Severity, string>>
  readonly checks: Readonly<Record<CheckId, string>>
  readonly confidence: (level: string) => string
  readonly noProblem: (packets: string, analyzers: number) => string
  readonly noPackets: string
  readonly nothingMeasured: string
  readonly passed: string
  readonly failed: string
  readonly notJudged: string
  readonly passedOf: (passed: number, of: number) => string
  readonly advice: string
  readonly waited: (time: string, transactions: number, shown: string) => string
  readonly nobodyWaited: string
  readonly part: string
  readonly time: string
  readonly share: string
  readonly cost: string
  readonly noCost: string
  readonly because: string
  readonly ruledOut: string
  readonly limited: string
  readonly next: string
  readonly filter: string
  readonly copy: string
  readonly copied: string
  readonly frames: string
  readonly evidence: string
  readonly evidenceOf: (listed: string, total: string) => string
  readonly connectionsShown: (shown: string, total: string) => string
  readonly noPacketsShown: string
  readonly innocent: string
  readonly confirm: string
  readonly attack: string
  readonly viewOurs: string
  readonly viewTshark: string
  readonly leftOut: (segments: string) => string
  readonly segmentsOf: (shown: string, total: string) => string
  readonly roles: Readonly<Record<'opening' | 'evidence' | 'context' | 'end', string>>
  readonly frame: string
  readonly since: string
  readonly direction: string
  readonly flags: string
  readonly sequence: string
  readonly acknowledgment: string
  readonly window: string
  readonly payload: string
  readonly remarks: string
  readonly source: string
  readonly destination: string
  readonly protocol: string
  readonly length: string
  readonly info: string
  readonly rowsOf: (shown: string, total: string) => string
  readonly filterRows: string
  readonly showAll: (rows: string) => string
  readonly emptyTable: string
  readonly noMatch: string
  readonly tableBehind: string
  readonly facts: string
  readonly chooseConnection: string
  readonly timeSequence: string
  readonly heldBack: string
  readonly limits: Readonly<Record<TransferLimit, string>>
  readonly burstShares: string
  readonly throughput: string
  readonly inFlight: string
  readonly flightAndWindow: string
  readonly least: string
  readonly greatest: string
  readonly roundTrip: string
  readonly ladder: string
  readonly fromInitiator: string
  readonly fromResponder: string
  readonly initiatorWord: string
  readonly responderWord: string
  readonly offeredWindow: string
  readonly acknowledged: string
  readonly resent: string
  readonly zoomHint: string
  readonly zoomIn: string
  readonly zoomOut: string
  readonly zoomReset: string
  readonly thinned: (stride: string) => string
  readonly noDetails: string
  readonly trafficOverTime: string
  readonly bitsPerSecond: string
  readonly packetsPerSecond: string
  readonly waterfall: string
  readonly theme: string
  readonly light: string
  readonly dark: string
  readonly auto: string
  readonly language: string
  readonly timeZone: string
  readonly local: string
  readonly print: string
  readonly madeBy: (version: string) => string
  readonly howToVerify: string
  readonly withheld: (count: number) => string
  readonly cutFindings: (shown: string, total: string) => string
  readonly incomplete: string
  readonly groups: Readonly<Record<'traffic' | 'tcp' | 'applications' | 'network' | 'security', string>>
  readonly of: string
  readonly sampleNote: (samples: string) => string
}

/** The words of a language. */
export function wordsOf(language: 'en' | 'fr'): Words {
  return language === 'fr' ? french : english
}
