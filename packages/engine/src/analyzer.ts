import type { Observations } from './core/observations.ts'
import type { Events } from './events.ts'
import type { Conclusion } from './finding.ts'
import type { Flow } from './flow/flow.ts'
import type { CaptureSummary, Section, Value } from './report.ts'
import type { Segment } from './tcp/segment.ts'

export interface AnalyzerResult {
  readonly section?: Section
  readonly conclusions?: readonly Conclusion[]
}

/** A threshold that users may change, in the configuration file under `analyzers.<id>.<name>`. */
export interface SettingDefinition {
  /** Durations are written with their unit in the configuration file (`500 ms`), everything else as a plain number. */
  readonly unit: 'ns' | 'count' | 'bytes' | 'ratio' | 'bitsPerSecond' | 'packetsPerSecond'
  readonly default: number
  readonly least: number
  readonly most: number
  /** One sentence for the reference. */
  readonly description: string
}

/** What an analyzer may look at beside the events themselves. */
export interface AnalyzerContext {
  /** The flow of a segment or datagram; one borrowed instance, valid until the next call. */
  flow(index: number): Flow
  /** The segment or datagram told last, with what observers noticed: messages of protocols are told right behind it. */
  readonly current: Segment
  /** What the core noted of connections. */
  readonly observations: Observations
  /** Durations in ns from which the original's option `--latency` calls something slow; null when it was not given. */
  readonly latencyNs: number | null
  /** The value of one of the definition's own `settings`. */
  setting(name: string): number
  /** Told every row of what the section only shows the top of, one value a column, where a complete list is made. */
  readonly takeRow?: (row: readonly Value[]) => void
}

/**
 * An aggregate over the events of a capture: hooks observe, `merge` folds, only `finish` judges.
 *
 * Laws, tested over every registered analyzer: an empty capture gives no finding; events split by address pair over any number of
 * instances and merged in any order give the same result; nothing borrowed is kept; no input makes it throw.
 */
export interface Analyzer<State = unknown> {
  readonly on: Partial<Events>
  /** Plain data that can be cloned to another thread or machine. */
  state(): State
  /** Commutative and associative; takes ownership of `other`. */
  merge(other: State): void
  finish(capture: CaptureSummary): AnalyzerResult
}

/** An entry of the list in analyzers/index.ts. */
export interface AnalyzerDefinition {
  /** Kebab-case; the id of its section. */
  readonly id: string
  readonly title: string
  /** One sentence for the reference. */
  readonly description: string
  /** camelCase name -> threshold. */
  readonly settings?: Readonly<Record<string, SettingDefinition>>
  create(context: AnalyzerContext): Analyzer
}
