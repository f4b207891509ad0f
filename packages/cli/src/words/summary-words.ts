import type { Confidence, Finding, Language, Severity } from '@pcap-analyzer/engine'
import { english } from './en.ts'
import { french } from './fr.ts'

/** The words of the summary in one language; what is captured, measured or typed comes from elsewhere. */
export interface SummaryWords {
  /** Labels at the left, in the order in which they appear. */
  readonly labels: Readonly<Record<SummaryLabel, string>>
  readonly severities: Readonly<Record<Severity, string>>
  readonly confidences: Readonly<Record<Confidence, string>>
  readonly standardInput: string
  readonly noCount: string
  readonly nothingRemarkable: string
  readonly noPackets: string
  /** A number with its unit, as the language writes it: `1.25 s`, `1,234`, `89.1 KiB`. */
  measure(english: string): string
  moreFiles(count: string): string
  more(count: number): string
  packets(count: number): string
  flows(count: number): string
  tcpStreams(count: number): string
  udpStreams(count: number): string
  notDecoded(linkType: number, packets: string): string
  span(from: string, to: string, duration: string, isOrdered: boolean): string
  onTheWire(packets: string, bytes: string): string
  cut(captured: string, packets: string): string
  pairsShown(shown: number, total: string): string
  waited(duration: string, answers: number, verdict: string): string
  notTold(kind: string, because: readonly string[]): string
  nothingFound(packets: string, analyzers: number): string
  head(shown: number, total: string, isFull: boolean, isCut: boolean): string
  confidence(confidence: string, view: Finding['view']): string
  evidenceByFilter(total: number): string
  shownOf(shown: number, total: string): string
  /** Instead of a filter that would fill the screen. */
  longFilter(frames: number): string
  sectionView(view: 'ours' | 'tshark'): string
  limitReached(limit: string, count: string): string
  unreadable(name: string, status: 'truncated' | 'damaged', byteOffset: number, frame: number, why: string): string
  headersStopped(parts: readonly string[]): string
  readonly yes: string
  readonly no: string
}

export const summaryLabels = [
  'format',
  'span',
  'packets',
  'hosts',
  'protocols',
  'topPairs',
  'tcpTshark',
  'tcpOurs',
  'time',
  'quality',
  'health',
  'findings',
  'cost',
  'because',
  'ruledOut',
  'limited',
  'frames',
  'filter',
  'next',
  'notSeen',
  'notComplete',
  'report',
] as const
export type SummaryLabel = (typeof summaryLabels)[number]

/** The words of the summary, by language. */
export const summaryWords: Readonly<Record<Language, SummaryWords>> = { en: english, fr: french }
