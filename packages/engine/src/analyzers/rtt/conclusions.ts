import type { Conclusion } from '../../finding.ts'
import { largest } from '../support/bounded-map.ts'
import { framesFilter } from '../support/display-filter.ts'
import { toEvidence } from '../support/evidence-frames.ts'
import { heldBackBy, type QueueTotals } from './queues.ts'

/** Hosts that get a finding of their own. */
const MOST_HOSTS = 5
/** From here on people notice. */
const NOTICED_NS = 200e6
const LASTING_NS = 1e9

/** Queues that fill under load, by the host whose data waits there. */
export function queueConclusions(totals: QueueTotals): Conclusion[] {
  return largest(totals.queues, MOST_HOSTS, ({ worst }) => worst.samples).map(([sender, queue]) => {
    const { worst, flows, frames, periods } = queue
    const held = heldBackBy(totals, sender, queue)
    const lastedNs = periods.reduce((most, { fromNs, toNs }) => Math.max(most, toNs - fromNs), 0)
    const isNoticed = worst.meanNs - worst.baseNs >= NOTICED_NS && lastedNs >= LASTING_NS
    return {
      kind: 'bufferbloat',
      key: `bufferbloat:${sender}`,
      severity: isNoticed ? 'medium' : 'low',
      confidence: 'high',
      samples: worst.samples,
      costNs: held.waitedNs > 0 ? held.waitedNs : null,
      evidence: toEvidence(frames),
      displayFilter: framesFilter(frames.frames),
      view: 'ours',
      values: {
        sender,
        receiver: worst.receiver,
        flows,
        baseNs: worst.baseNs,
        longestNs: worst.longestNs,
        meanNs: worst.meanNs,
        lastedNs,
        samples: worst.samples,
        mostInFlight: worst.mostInFlight,
        megabitsPerSecond: Math.round(worst.bitsPerSecond / 1e4) / 100,
        responses: held.frames.length,
        waitedNs: held.waitedNs,
      },
      hypotheses: [
        { id: 'queue', accepted: true, values: { correlation: worst.correlation, samples: worst.samples } },
        { id: 'distance', accepted: false, values: { baseNs: worst.baseNs } },
        { id: 'late-acknowledgments', accepted: false, values: { meanInFlight: worst.meanInFlight } },
        ...(held.frames.length > 0
          ? [{ id: 'server', accepted: false, values: { responses: held.frames.length, longestNs: worst.longestNs } }]
          : []),
      ],
      needs: ['both-directions', 'connection-starts', 'monotone-clock', 'true-timing'],
      explains: held.frames,
    }
  })
}
