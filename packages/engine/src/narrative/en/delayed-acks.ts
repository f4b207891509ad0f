import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

export const delayedAckWords: Catalogue = {
  'tcp-nagle-delayed-ack': {
    summary: (v) =>
      `${v.sender} held small segments back ${count(v.count, 'time')} in ${count(v.connections, 'connection')} until ${v.receiver} acknowledged the one before, ${duration(v.meanNs)} late on average, ${duration(v.costNs)} together`,
    nextStep: (v) =>
      `let the application on ${v.sender} write each message at once, or set TCP_NODELAY; quick acknowledgments on ${v.receiver} help too`,
    hypotheses: {
      nagle: {
        statement: "Nagle's algorithm waits for a delayed acknowledgment",
        because: (v) =>
          `${count(v.count, 'small segment')} went out right behind the acknowledgment of the one before, which came ${duration(v.meanNs)} after it`,
      },
      path: {
        statement: 'the path is slow',
        because: (v) => `round trips are taken off; the longest wait was still ${duration(v.longestNs)}`,
      },
    },
  },
}
