import type { Analyzer } from './analyzer.ts'
import { analyzers } from './analyzers/index.ts'
import { assembleReport } from './assemble-report.ts'
import { CaptureRun, DRAIN_ENDED, DRAIN_WANTS_BYTES, type DrainResult } from './capture-run.ts'
import { summarizeCapture } from './capture-summary.ts'
import { detectors } from './detectors/index.ts'
import { healthSettings } from './diagnosis/index.ts'
import { EngineError } from './errors.ts'
import { type Limits, withLimits } from './limits.ts'
import type { Language } from './narrative/words.ts'
import { observerSettings, qualityPart } from './observer-settings.ts'
import { judgeQuality, QualityObserver } from './quality/index.ts'
import type { Report } from './report.ts'
import { RunContext } from './run-context.ts'
import { type Configurable, checkSettings, type SettingValues, settingOf } from './settings.ts'

export interface AnalyzeOptions {
  readonly limits?: Partial<Limits>
  /** From how many seconds on something counts as slow; replaces the analyzers' own thresholds. */
  readonly latencySeconds?: number
  /** Thresholds by id of the analyzer, or of a part of the engine, and name of the setting. */
  readonly settings?: SettingValues
  /** Language of the narrative; English when not given. */
  readonly language?: Language
}

/** What observes a capture, in the order of the report's sections. */
const definitions = [...analyzers, ...detectors]

const healthPart = { id: 'health-score', settings: healthSettings }
/** Parts of the engine with settings, beside analyzers and detectors. */
export const engineParts: readonly Configurable[] = [qualityPart, healthPart]

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
  private readonly quality: QualityObserver
  private readonly setting: (part: Configurable, name: string) => number
  private readonly language: Language

  constructor(options: AnalyzeOptions = {}, partition: { index: number; count: number } = { index: 0, count: 1 }) {
    const { latencySeconds } = options
    if (latencySeconds !== undefined && !(latencySeconds > 0)) {
      throw new EngineError('INVALID_OPTION', `latency must be a positive number of seconds, not ${latencySeconds}`)
    }
    checkSettings(options.settings ?? {}, [...definitions, ...engineParts])
    this.setting = (part, name) => settingOf(part, name, options.settings ?? {})
    this.language = options.language ?? 'en'
    const latencyNs = latencySeconds === undefined ? null : Math.round(latencySeconds * 1e9)
    const contexts: RunContext[] = []
    const contextOf = (part: Configurable): RunContext => {
      const context = new RunContext(latencyNs, (name) => this.setting(part, name))
      contexts.push(context)
      return context
    }
    this.instances = definitions.map((definition) => ({
      id: definition.id,
      analyzer: definition.create(contextOf(definition)),
    }))
    this.quality = new QualityObserver(contextOf(qualityPart))
    this.run = new CaptureRun(
      withLimits(options.limits),
      [...this.instances.map(({ analyzer }) => analyzer.on), this.quality.on],
      {
        ownView: true,
        protocols: true,
        dnsAnswers: true,
        quiet: true,
        rtp: true,
        observe: observerSettings(this.setting),
        partition,
      },
    )
    for (const context of contexts) context.tieTo(this.run.pipeline)
  }

  /** Folds what another part of the same capture observed into this one; both must have read the whole file. */
  merge(other: Analysis): void {
    other.run.finish()
    for (const [i, { analyzer }] of this.instances.entries()) analyzer.merge(other.instances[i].analyzer.state())
    this.quality.merge(other.quality.state())
  }

  /** Ends the run and lets every analyzer judge. Call it once. */
  report(): Report {
    this.run.finish()
    const capture = summarizeCapture(this.run)
    const quality = judgeQuality(this.quality.state(), capture, (name) => this.setting(qualityPart, name))
    const results = this.instances.map(({ analyzer }) => analyzer.finish(capture))
    const healthSetting = (name: string) => this.setting(healthPart, name)
    return assembleReport({ capture, quality, results, healthSetting }, this.language)
  }
}
