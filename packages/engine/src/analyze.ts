import type { Analyzer, AnalyzerContext, AnalyzerDefinition } from './analyzer.ts'
import { analyzers } from './analyzers/index.ts'
import { CaptureRun, DRAIN_ENDED, DRAIN_WANTS_BYTES, type DrainResult } from './capture-run.ts'
import { summarizeCapture } from './capture-summary.ts'
import { detectors } from './detectors/index.ts'
import { EngineError } from './errors.ts'
import { type Finding, severities } from './finding.ts'
import { type Limits, withLimits } from './limits.ts'
import { narrate } from './narrative/narrate.ts'
import type { Language } from './narrative/words.ts'
import { REPORT_FORMAT, type Report, type Section } from './report.ts'
import { version } from './version.ts'

export interface AnalyzeOptions {
  readonly limits?: Partial<Limits>
  /** From how many seconds on something counts as slow; replaces the analyzers' own thresholds. */
  readonly latencySeconds?: number
  /** Thresholds by id of the analyzer and name of the setting, in the setting's unit; the others keep their defaults. */
  readonly settings?: AnalyzerSettings
  /** Language of the narrative; English when not given. */
  readonly language?: Language
}

export type AnalyzerSettings = Readonly<Record<string, Readonly<Record<string, number>>>>

/** What observes a capture, in the order of the report's sections. */
const definitions = [...analyzers, ...detectors]

/** Findings a report lists; the number found is beside them. */
const MOST_FINDINGS = 200

/**
 * One capture in, its report out: `source` gives the bytes of the file in order, in chunks of any size, compressed or not.
 *
 * Needs nothing but the language, so it runs in a browser as in Node. One pass; memory grows with open flows, not with packets.
 * @throws {EngineError} when the input is no capture, or a limit against decompression bombs is exceeded.
 */
export async function analyze(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: AnalyzeOptions = {},
): Promise<Report> {
  const analysis = new Analysis(options)
  const { run } = analysis
  run.beginFile(null)
  let state: DrainResult = DRAIN_WANTS_BYTES
  for await (const chunk of source) {
    run.input.push(chunk)
    state = run.drain()
    if (state === DRAIN_ENDED) break
  }
  if (state !== DRAIN_ENDED) {
    run.input.finish()
    run.drain()
  }
  run.endFile()
  return analysis.report()
}

/** An analysis under way: drive its `run` through one or several files, then take the report. */
export class Analysis {
  readonly run: CaptureRun
  private readonly instances: readonly { id: string; analyzer: Analyzer }[]
  private readonly language: Language

  constructor(options: AnalyzeOptions = {}, partition: { index: number; count: number } = { index: 0, count: 1 }) {
    const { latencySeconds } = options
    if (latencySeconds !== undefined && !(latencySeconds > 0)) {
      throw new EngineError('INVALID_OPTION', `latency must be a positive number of seconds, not ${latencySeconds}`)
    }
    checkSettings(options.settings ?? {})
    this.language = options.language ?? 'en'
    const shared = {
      flow: (index: number) => this.run.pipeline.flow.at(index),
      latencyNs: latencySeconds === undefined ? null : Math.round(latencySeconds * 1e9),
    }
    this.instances = definitions.map((definition) => {
      const context: AnalyzerContext = {
        ...shared,
        setting: (name) => settingOf(definition, name, options.settings ?? {}),
      }
      return { id: definition.id, analyzer: definition.create(context) }
    })
    this.run = new CaptureRun(
      withLimits(options.limits),
      this.instances.map(({ analyzer }) => analyzer.on),
      { ownView: true, protocols: true, partition },
    )
  }

  /** Folds what another part of the same capture observed into this one; both must have read the whole file. */
  merge(other: Analysis): void {
    other.run.finish()
    for (const [i, { analyzer }] of this.instances.entries()) analyzer.merge(other.instances[i].analyzer.state())
  }

  /** Ends the run and lets every analyzer judge. Call it once. */
  report(): Report {
    this.run.finish()
    const capture = summarizeCapture(this.run)
    const sections: Section[] = []
    const findings: Finding[] = []
    for (const { analyzer } of this.instances) {
      const result = analyzer.finish(capture)
      if (result.section !== undefined) sections.push(result.section)
      findings.push(...(result.conclusions ?? []).map((conclusion) => narrate(conclusion, this.language)))
    }
    findings.sort(byCost)
    return {
      format: REPORT_FORMAT,
      engine: { name: 'pcap-analyzer', version },
      capture,
      findings: findings.slice(0, MOST_FINDINGS),
      findingCount: findings.length,
      sections,
    }
  }
}

/** Most costly first, then most severe, then by key, so that the order depends on nothing else. */
function byCost(a: Finding, b: Finding): number {
  return (
    (b.costNs ?? -1) - (a.costNs ?? -1) ||
    severities.indexOf(b.severity) - severities.indexOf(a.severity) ||
    (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
  )
}

function settingOf(definition: AnalyzerDefinition, name: string, given: AnalyzerSettings): number {
  const setting = definition.settings?.[name]
  if (setting === undefined) throw new Error(`analyzer ${definition.id} declares no setting ${name}`)
  return given[definition.id]?.[name] ?? setting.default
}

/** @throws {EngineError} INVALID_OPTION that names the analyzer or setting that is unknown or out of bounds. */
function checkSettings(given: AnalyzerSettings): void {
  for (const [id, values] of Object.entries(given)) {
    const definition = definitions.find((known) => known.id === id)
    if (definition === undefined) throw new EngineError('INVALID_OPTION', `there is no analyzer ${id}`)
    for (const [name, value] of Object.entries(values)) {
      const setting = definition.settings?.[name]
      if (setting === undefined) throw new EngineError('INVALID_OPTION', `analyzer ${id} has no setting ${name}`)
      if (!(value >= setting.least && value <= setting.most)) {
        const range = `${setting.least} to ${setting.most} (${setting.unit})`
        throw new EngineError('INVALID_OPTION', `setting ${id}.${name} must be ${range}, not ${value}`)
      }
    }
  }
}
