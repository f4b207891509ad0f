import type { AnalyzerContext } from './analyzer.ts'
import type { Observations } from './core/observations.ts'
import type { Flow } from './flow/flow.ts'
import type { Pipeline } from './pipeline.ts'
import type { Segment } from './tcp/segment.ts'

/** What the analyzers of a run may look at: made before the run, which hears their listeners, and tied to it before its first packet. */
export class RunContext implements AnalyzerContext {
  readonly latencyNs: number | null
  readonly setting: (name: string) => number
  // plain fields, as they are asked for several times an event
  current!: Segment
  observations!: Observations
  private pipeline!: Pipeline

  constructor(latencyNs: number | null, setting: (name: string) => number) {
    this.latencyNs = latencyNs
    this.setting = setting
  }

  tieTo(pipeline: Pipeline): void {
    this.pipeline = pipeline
    this.current = pipeline.core.segment
    this.observations = pipeline.observations
  }

  flow(index: number): Flow {
    return this.pipeline.flow.at(index)
  }
}
