import type { AnalyzerDefinition } from '../analyzer.ts'

/** An analyzer whose conclusions are about attacks. */
export interface DetectorDefinition extends AnalyzerDefinition {
  /** Techniques of MITRE ATT&CK that its conclusions may name. */
  readonly attack: readonly string[]
  /** What stays silent though it looks alike; one phrase each, for the reference. */
  readonly lookAlikes: readonly string[]
}
