import {
  analyzers,
  defaultLimits,
  detectors,
  engineParts,
  type Language,
  type Limits,
  type SettingDefinition,
  type SettingValues,
  type Severity,
} from '@pcap-analyzer/engine'

/** Everything that can be configured, with the defaults filled in. */
export interface Settings {
  readonly reportFolder: string
  readonly latencySeconds: number | null
  readonly failOn: Severity | null
  /** Of the narrative. */
  readonly language: Language
  readonly limits: Limits
  /** Thresholds by id of the analyzer, detector or part of the engine, in the units of the engine. */
  readonly engine: SettingValues
}

export const defaultSettings: Settings = {
  reportFolder: './reports',
  latencySeconds: null,
  failOn: null,
  language: 'en',
  limits: defaultLimits,
  engine: Object.fromEntries(
    [...analyzers, ...detectors, ...engineParts].map(({ id, settings }) => [id, defaultsOf(settings ?? {})]),
  ),
}

function defaultsOf(settings: Readonly<Record<string, SettingDefinition>>): Record<string, number> {
  return Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.default]))
}
