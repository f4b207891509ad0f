import { analyzers, detectors, engineParts, type Limits, languages, severities } from '@pcap-analyzer/engine'
import { settingKeys, snakeCase } from './setting-keys.ts'
import { defaultSettings, type Settings } from './settings.ts'

/** One key of the configuration file. */
export interface ConfigKey {
  /** With dots: `reports.output_dir`, `analyzers.dns.slow_answer`. */
  readonly path: string
  readonly description: string
  /** JSON Schema of the value. */
  readonly schema: Readonly<Record<string, unknown>>
  /** What a value must be, to follow "must be". */
  readonly expectation: string
  accepts(value: unknown): boolean
  get(settings: Settings): unknown
  set(settings: Settings, value: unknown): Settings
}

const limitDescriptions: Readonly<Record<keyof Limits, string>> = {
  maxFlows: 'flows kept at one time',
  maxUnackedSegments: 'unacknowledged segments remembered over all connections',
  maxFragmentBytes: 'bytes that waiting IP fragments may hold',
  maxStreamBytes: 'bytes that one direction of a TCP stream may hold while a message is incomplete',
  maxReassemblyBytes: 'bytes that all TCP streams together may hold',
  maxLayers: 'headers inside headers that are followed',
  maxDecompressedBytes: 'uncompressed bytes that a compressed capture may yield',
  maxDecompressionRatio: 'uncompressed bytes that each compressed byte may yield, judged after the first 16 MiB',
}

const isPositive = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value > 0

/** All keys, in the order of the reference. */
export const configKeys: readonly ConfigKey[] = [
  {
    path: 'reports.output_dir',
    description: 'folder of reports that --output does not name',
    schema: { type: 'string', minLength: 1 },
    expectation: 'the name of a folder',
    accepts: (value) => typeof value === 'string' && value !== '',
    get: ({ reportFolder }) => reportFolder,
    set: (settings, value) => ({ ...settings, reportFolder: value as string }),
  },
  {
    path: 'thresholds.latency_seconds',
    description: 'what counts as slow, as --latency',
    schema: { type: ['number', 'null'], exclusiveMinimum: 0 },
    expectation: 'a number of seconds above 0, or null',
    accepts: (value) => value === null || isPositive(value),
    get: ({ latencySeconds }) => latencySeconds,
    set: (settings, value) => ({ ...settings, latencySeconds: value as number | null }),
  },
  {
    path: 'fail_on',
    description: 'severity from which a finding makes the exit code 1, as --fail-on',
    schema: { enum: [...severities, null] },
    expectation: `one of ${severities.join(', ')}, or null`,
    accepts: (value) => value === null || severities.some((severity) => severity === value),
    get: ({ failOn }) => failOn,
    set: (settings, value) => ({ ...settings, failOn: value as Settings['failOn'] }),
  },
  {
    path: 'language',
    description: 'language of the findings, as --lang',
    schema: { enum: [...languages] },
    expectation: `one of ${languages.join(', ')}`,
    accepts: (value) => languages.some((language) => language === value),
    get: ({ language }) => language,
    set: (settings, value) => ({ ...settings, language: value as Settings['language'] }),
  },
  ...(Object.keys(defaultSettings.limits) as (keyof Limits)[]).map(limitKey),
  ...settingKeys('analyzers.', analyzers),
  ...settingKeys('detectors.', detectors),
  ...settingKeys('', engineParts),
]

function limitKey(name: keyof Limits): ConfigKey {
  return {
    path: `limits.${snakeCase(name)}`,
    description: limitDescriptions[name],
    schema: { type: 'integer', minimum: 1 },
    expectation: 'a whole number of 1 or more',
    accepts: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
    get: ({ limits }) => limits[name],
    set: (settings, value) => ({ ...settings, limits: { ...settings.limits, [name]: value } }),
  }
}
