import type { Conclusion } from '../../finding.ts'
import { endpointText } from '../../text/endpoint.ts'
import { framesFilter } from '../support/display-filter.ts'
import type { EndedStream, RtpTotals } from './totals.ts'

const MOST_STREAMS = 5
/** Loss that is heard whatever the codec does. */
const HEAVY_LOSS = 0.05

export function rtpConclusions({ listed }: RtpTotals, jitterNs: number, leastLoss: number): Conclusion[] {
  const jittery = listed.filter(({ jitterFrameCount }) => jitterFrameCount > 0).slice(0, MOST_STREAMS)
  const lossy = listed
    .filter(({ lossRatio, gaps }) => gaps > 0 && lossRatio >= leastLoss)
    .sort((a, b) => b.lossRatio - a.lossRatio || a.firstFrame - b.firstFrame || a.udpStream - b.udpStream)
    .slice(0, MOST_STREAMS)
  return [
    ...jittery.map(
      (stream): Conclusion => ({
        ...base('rtp-jitter', stream, stream.jitterFrames, stream.jitterFrameCount),
        severity: stream.greatestJitterNs >= 2 * jitterNs ? 'medium' : 'low',
        samples: stream.packets,
        values: { ...names(stream), jitterNs: stream.greatestJitterNs, packets: stream.packets, limitNs: jitterNs },
        hypotheses: [
          { id: 'network', accepted: true, values: { jitterNs: stream.greatestJitterNs } },
          { id: 'sender-pauses', accepted: false, values: { clockRate: stream.clockRate } },
        ],
        needs: ['no-capture-drops', 'monotone-clock', 'true-timing'],
      }),
    ),
    ...lossy.map(
      (stream): Conclusion => ({
        ...base('rtp-loss', stream, stream.lossFrames, stream.gaps),
        severity: stream.lossRatio >= HEAVY_LOSS ? 'high' : 'medium',
        samples: stream.lost + stream.packets,
        values: {
          ...names(stream),
          lost: stream.lost,
          expected: stream.lost + stream.packets,
          gaps: stream.gaps,
          late: stream.late,
        },
        hypotheses: [
          { id: 'lost', accepted: true, values: { gaps: stream.gaps } },
          { id: 'reordered', accepted: false, values: { late: stream.late } },
        ],
        needs: ['no-capture-drops'],
      }),
    ),
  ]
}

function names(stream: EndedStream) {
  return {
    sender: endpointText(stream.sender, stream.senderPort),
    receiver: endpointText(stream.receiver, stream.receiverPort),
  }
}

function base(kind: string, stream: EndedStream, frames: readonly number[], total: number) {
  const { sender, receiver } = names(stream)
  return {
    kind,
    key: `${kind}:${sender} > ${receiver}:${stream.source.toString(16)}`,
    confidence: 'high',
    costNs: null,
    evidence: { frames: frames.slice(0, 50), total },
    displayFilter: framesFilter(frames),
    view: null,
  } as const
}
