import type { Analyzer, AnalyzerContext, AnalyzerDefinition, AnalyzerResult } from '../analyzer.ts'
import type { Flow } from '../flow/flow.ts'
import type { Section } from '../report.ts'
import type { Segment } from '../tcp/segment.ts'
import { getOrMake, largest } from './support/bounded-map.ts'
import {
  addDuration,
  type DurationHistogram,
  meanNs,
  mergeHistogram,
  newHistogram,
  percentileNs,
} from './support/duration-histogram.ts'

const MOST_RESPONDERS = 1 << 12
const MOST_ROWS = 20
/** Below so many samples a 95th percentile says nothing. */
const LEAST_FOR_P95 = 20

/** Round-trip times: of handshakes, and of data by Karn's rule, by responder. */
export const rtt: AnalyzerDefinition = {
  id: 'rtt',
  title: 'Round-trip time',
  description:
    'Initial RTT of handshakes and RTT of acknowledged data, the latter without segments that were sent twice (Karn), by responder.',
  create: (context) => new Rtt(context),
}

interface State {
  initial: DurationHistogram
  data: DurationHistogram
  responders: Map<string, DurationHistogram>
}

class Rtt implements Analyzer<State> {
  private readonly times: State = { initial: newHistogram(), data: newHistogram(), responders: new Map() }
  private readonly context: AnalyzerContext
  readonly on = {
    segment: (segment: Segment) => {
      if (segment.rttNs > 0) addDuration(this.times.data, segment.rttNs)
    },
    flowEnd: (flow: Flow) => this.flowEnd(flow),
  }

  constructor(context: AnalyzerContext) {
    this.context = context
  }

  state(): State {
    return this.times
  }

  merge(other: State): void {
    mergeHistogram(this.times.initial, other.initial)
    mergeHistogram(this.times.data, other.data)
    for (const [responder, histogram] of other.responders) {
      const own = getOrMake(this.times.responders, responder, MOST_RESPONDERS, newHistogram)
      if (own !== null) mergeHistogram(own, histogram)
    }
  }

  finish(): AnalyzerResult {
    const { initial, data, responders } = this.times
    return {
      section: {
        id: rtt.id,
        title: rtt.title,
        view: 'ours',
        facts: [...facts('initial', 'Initial RTT', initial), ...facts('data', 'RTT of data', data)],
        tables: [this.responderTable(responders)],
      },
    }
  }

  private flowEnd(flow: Flow): void {
    const { initialRttNs } = flow
    if (initialRttNs <= 0) return
    addDuration(this.times.initial, initialRttNs)
    if (this.context.latencyNs !== null && initialRttNs < this.context.latencyNs) return
    const responder = flow.address(flow.initiator ^ 1)
    const histogram = getOrMake(this.times.responders, responder, MOST_RESPONDERS, newHistogram)
    if (histogram !== null) addDuration(histogram, initialRttNs)
  }

  private responderTable(responders: Map<string, DurationHistogram>): Section['tables'][number] {
    const isFiltered = this.context.latencyNs !== null
    return {
      key: 'responders',
      title: isFiltered ? 'Responders with handshakes slower than asked for' : 'Responders by longest median handshake',
      columns: [
        { key: 'responder', label: 'Responder', unit: 'address' },
        { key: 'handshakes', label: 'Handshakes', unit: 'count' },
        { key: 'leastNs', label: 'Least', unit: 'ns' },
        { key: 'medianNs', label: 'Median', unit: 'ns' },
        { key: 'greatestNs', label: 'Greatest', unit: 'ns' },
      ],
      rows: largest(responders, MOST_ROWS, (histogram) => percentileNs(histogram, 0.5) ?? 0).map(
        ([address, histogram]) => [
          address,
          histogram.count,
          histogram.leastNs,
          percentileNs(histogram, 0.5),
          histogram.greatestNs,
        ],
      ),
      total: responders.size,
    }
  }
}

function facts(key: string, label: string, histogram: DurationHistogram): Section['facts'] {
  const hasSamples = histogram.count > 0
  return [
    { key: `${key}Samples`, label: `${label}: samples`, unit: 'count', value: histogram.count },
    { key: `${key}LeastNs`, label: `${label}: least`, unit: 'ns', value: hasSamples ? histogram.leastNs : null },
    { key: `${key}MeanNs`, label: `${label}: mean`, unit: 'ns', value: meanNs(histogram) },
    { key: `${key}MedianNs`, label: `${label}: median`, unit: 'ns', value: percentileNs(histogram, 0.5) },
    {
      key: `${key}P95Ns`,
      label: `${label}: 95th percentile`,
      unit: 'ns',
      value: histogram.count >= LEAST_FOR_P95 ? percentileNs(histogram, 0.95) : null,
    },
    {
      key: `${key}GreatestNs`,
      label: `${label}: greatest`,
      unit: 'ns',
      value: hasSamples ? histogram.greatestNs : null,
    },
  ]
}
