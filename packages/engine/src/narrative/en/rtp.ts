import type { Catalogue } from '../words.ts'
import { count, duration, percent } from './format.ts'

export const rtpWords: Catalogue = {
  'rtp-jitter': {
    summary: (v) =>
      `the RTP stream from ${v.sender} to ${v.receiver} reaches a jitter of ${duration(v.jitterNs)} (RFC 3550), ${duration(v.limitNs)} and more disturb`,
    nextStep:
      'look for queues on the way (no priority for voice, a full uplink, radio), and for the jitter buffer of the receiver',
    hypotheses: {
      network: {
        statement: 'the time packets take changes on the way to the capture point',
        because: (v) => `arrival against the sender’s own clock differs by up to ${duration(v.jitterNs)}, smoothed`,
      },
      'sender-pauses': {
        statement: 'the sender only paused',
        because: (v) => `its timestamps (${v.clockRate} Hz) count pauses too, and are taken off`,
      },
    },
  },
  'rtp-loss': {
    summary: (v) =>
      `the RTP stream from ${v.sender} to ${v.receiver} lacks ${v.lost} of ${count(v.expected, 'packet')} (${percent(v.lost, v.expected)}) in ${count(v.gaps, 'gap')}`,
    nextStep:
      'capture nearer to the sender to find where they are lost; look at queue drops and at duplex or radio errors',
    hypotheses: {
      lost: {
        statement: 'packets were lost before the capture point',
        because: (v) => `${count(v.gaps, 'gap')} in the sequence numbers`,
      },
      reordered: {
        statement: 'they only came late',
        because: (v) => `${count(v.late, 'packet')} came late, and are not counted as lost`,
      },
    },
  },
}
