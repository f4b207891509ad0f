import type { DurationHistogram } from '../support/duration-histogram.ts'
import type { QueueTotals } from './queues.ts'

/** State of the analyzer. */
export interface RttTotals {
  initial: DurationHistogram
  data: DurationHistogram
  responders: Map<string, DurationHistogram>
  queues: QueueTotals
}
