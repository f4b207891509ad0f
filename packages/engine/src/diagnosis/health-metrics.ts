import type { Need } from '../finding.ts'
import type { HealthMetricId, Unit } from '../report.ts'
import type { PenaltyCurve } from './penalty-curve.ts'
import type { SectionFacts } from './section-facts.ts'

/** One phenomenon that the score counts, once. */
export interface HealthMetric {
  readonly id: HealthMetricId
  readonly unit: Extract<Unit, 'ratio' | 'ns'>
  /** Where the numbers of samples stand: with fewer than these the metric says nothing. */
  readonly samples: readonly string[]
  readonly leastSamples: number
  /** Value of the metric, given samples. */
  measure(facts: SectionFacts, samples: number): number | null
  readonly needs: readonly Need[]
  readonly curve: PenaltyCurve
}

const ms = (value: number) => value * 1e6

/** The metrics. Thresholds are ours: no standard draws these lines. */
export const healthMetrics: readonly HealthMetric[] = [
  {
    id: 'loss',
    unit: 'ratio',
    samples: ['tcp-health.dataSegments', 'rtp.packets', 'rtp.lost'],
    leastSamples: 20,
    measure: (facts, samples) => facts.sum(['tcp-health.lostSegments', 'rtp.lost']) / samples,
    // where captures were joined, the same packets may come a second time
    needs: ['monotone-clock'],
    curve: [
      [0, 0],
      [0.005, 10],
      [0.01, 16],
      [0.03, 34],
      [0.05, 55],
      [0.1, 85],
      [0.2, 100],
    ],
  },
  {
    id: 'latency',
    unit: 'ns',
    samples: ['rtt.initialSamples'],
    leastSamples: 1,
    measure: (facts) => facts.find('rtt.initialMedianNs'),
    needs: ['monotone-clock'],
    curve: [
      [ms(50), 0],
      [ms(150), 18],
      [ms(400), 45],
      [ms(800), 65],
      [ms(2000), 100],
    ],
  },
  {
    id: 'connections',
    unit: 'ratio',
    samples: ['handshakes.attempts'],
    leastSamples: 1,
    measure: (facts, samples) =>
      facts.sum(['handshakes.refused', 'handshakes.unanswered', 'handshakes.halfOpen']) / samples,
    needs: ['both-directions', 'no-capture-drops'],
    curve: [
      [0, 0],
      [0.01, 8],
      [0.05, 25],
      [0.15, 50],
      [0.5, 85],
      [1, 100],
    ],
  },
  {
    id: 'name-resolution',
    unit: 'ratio',
    samples: ['dns.transactions'],
    leastSamples: 1,
    measure: (facts, samples) => facts.sum(['dns.unanswered', 'dns.failures']) / samples,
    needs: ['both-directions', 'no-capture-drops'],
    curve: [
      [0, 0],
      [0.01, 8],
      [0.05, 25],
      [0.15, 55],
      [0.3, 80],
      [0.5, 95],
      [1, 100],
    ],
  },
  {
    // the path's share of a wait is the round trip's, which counts as latency
    id: 'slow-servers',
    unit: 'ratio',
    samples: ['http.timedResponses'],
    leastSamples: 1,
    measure: (facts, samples) => facts.sum(['http.slowByServer']) / samples,
    needs: ['monotone-clock'],
    curve: [
      [0, 0],
      [0.01, 8],
      [0.05, 25],
      [0.15, 50],
      [0.5, 85],
      [1, 100],
    ],
  },
  {
    id: 'jitter',
    unit: 'ns',
    samples: ['rtp.packets'],
    leastSamples: 20,
    measure: (facts) => facts.find('rtp.medianNs'),
    needs: ['monotone-clock'],
    curve: [
      [ms(10), 0],
      [ms(20), 8],
      [ms(50), 25],
      [ms(100), 55],
      [ms(200), 85],
      [ms(500), 100],
    ],
  },
  {
    id: 'closed-windows',
    unit: 'ratio',
    samples: ['tcp-health.segments'],
    leastSamples: 20,
    measure: (facts) => {
      const durationNs = facts.find('traffic.durationNs') ?? 0
      return durationNs > 0 ? facts.sum(['tcp-health.zeroWindowNs']) / durationNs : null
    },
    needs: ['monotone-clock'],
    curve: [
      [0, 0],
      [0.01, 10],
      [0.05, 28],
      [0.2, 55],
      [0.5, 85],
      [1, 100],
    ],
  },
  {
    id: 'reordering',
    unit: 'ratio',
    samples: ['tcp-health.dataSegments'],
    leastSamples: 20,
    measure: (facts, samples) => facts.sum(['tcp-health.reorderedSegments']) / samples,
    needs: [],
    curve: [
      [0, 0],
      [0.01, 10],
      [0.05, 28],
      [0.15, 55],
      [0.5, 85],
      [1, 100],
    ],
  },
]
