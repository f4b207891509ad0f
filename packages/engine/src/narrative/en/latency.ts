import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

export const latencyWords: Catalogue = {
  'server-slow': {
    summary: (v) =>
      `${v.server} thought about ${count(v.count, 'request')} for ${duration(v.costNs)} together, ${duration(v.longestNs)} at most`,
    nextStep: (v) =>
      `look at what ${v.server} did between the request and the first byte of the answer: its logs, its load, what it waits for itself`,
    hypotheses: {
      server: {
        statement: 'the server takes its time',
        because: (v) =>
          `${duration(v.costNs)} passed between the last byte of requests and the first of answers, round trips taken off`,
      },
      path: {
        statement: 'the path is long',
        because: (v) => `round trips to the server took ${duration(v.pathNs)} of these waits`,
      },
      loss: {
        statement: 'segments were lost',
        because: (v) => `waits for retransmission took ${duration(v.retransmissionNs)} within these transactions`,
      },
      client: {
        statement: 'the client did not take the answer',
        because: (v) => `its window was closed for ${duration(v.zeroWindowNs)} within these transactions`,
      },
    },
  },
}
