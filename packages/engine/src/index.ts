export { type AnalyzeOptions, analyze, engineParts } from './analyze.ts'
export type { SettingDefinition } from './analyzer.ts'
export { analyzers } from './analyzers/index.ts'
export type { CaptureInterface, CaptureMetadata, ReadEnd } from './capture/metadata.ts'
export { detectors } from './detectors/index.ts'
export { EngineError, type EngineErrorCode } from './errors.ts'
export { type Confidence, type Evidence, type Finding, type Hypothesis, type Severity, severities } from './finding.ts'
export { defaultLimits, type Limits } from './limits.ts'
export { type Language, languages } from './narrative/words.ts'
export {
  type CaptureAdvice,
  type CaptureQuality,
  type CaptureSummary,
  type CheckId,
  type Column,
  checkIds,
  type Fact,
  type Grade,
  grades,
  type Health,
  type HealthMetricId,
  healthMetricIds,
  type NotSeen,
  type PhenomenonId,
  type Provenance,
  phenomenonIds,
  type QualityCheck,
  REPORT_FORMAT,
  type Report,
  type Section,
  type Table,
  type Unit,
  type Value,
  type VantageBasis,
  type VantagePoint,
  vantageBases,
} from './report.ts'
export {
  type BurstDetail,
  type BurstShare,
  type ConnectionBins,
  type ConnectionDetail,
  type ConnectionEnds,
  type Details,
  type EvidenceFrame,
  type EvidenceTimeline,
  type FindingDetail,
  type SegmentRole,
  type SegmentRow,
  type TransferLimit,
  type TransferLimits,
  transferLimits,
} from './report-details.ts'
export { retellReport } from './retell-report.ts'
export type { Configurable, SettingValues } from './settings.ts'
export { type ColumnOf, rowOf } from './tables.ts'
export { analysisFlagNames } from './tcp/analysis-flags.ts'
export { version } from './version.ts'
