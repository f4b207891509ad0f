import type { Value } from '@pcap-analyzer/engine'
import type { CaptureRun, Events } from '@pcap-analyzer/engine/observe'
import { epochOf } from '../absolute-time.ts'
import type { ListDefinition } from './list.ts'

/** Gets the rows of all lists as the capture is read. */
export type TakeRow = (list: ListDefinition, row: readonly Value[]) => void

/** Makes lists of a run: give it `listeners`, call {@link begin} before its first packet. Keeps what is open and no rows. */
export class CaptureLists {
  readonly listeners: readonly Partial<Events>[]
  private run: CaptureRun | null = null

  constructor(definitions: readonly ListDefinition[], take: TakeRow) {
    const pipeline = () => this.pipeline
    this.listeners = definitions.map((definition) =>
      definition.create({
        take: (row) => take(definition, row),
        flow: (index) => this.pipeline.flow.at(index),
        get current() {
          return pipeline().core.segment
        },
        get observations() {
          return pipeline().observations
        },
        time: (timeNs) => (this.run === null ? null : epochOf(this.run, timeNs)),
      }),
    )
  }

  begin(run: CaptureRun): void {
    this.run = run
  }

  private get pipeline(): CaptureRun['pipeline'] {
    if (this.run === null) throw new Error('the run has not begun')
    return this.run.pipeline
  }
}
