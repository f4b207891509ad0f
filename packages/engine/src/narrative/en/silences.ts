import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

export const silenceWords: Catalogue = {
  'answer-awaited': {
    summary: (v) =>
      `${v.endpoint} let clients wait in ${count(v.silences, 'silence')} for an answer, ${duration(v.costNs)} together, ${duration(v.longestNs)} at most`,
    nextStep:
      'look at what the server did at these times; its acknowledgment of the request shows that the request had arrived',
    hypotheses: {
      'responder-slow': {
        statement: 'the responder, or what it waits for, is slow',
        because: (v) =>
          `in ${count(v.silences, 'silence')} the client had sent its data, and the responder spoke next, with nothing retransmitted`,
      },
      'waits-on-purpose': {
        statement: 'the responder waits on purpose, as in long polling',
        because: (v) => `the silences are not regular; the longest took ${duration(v.longestNs)}`,
      },
    },
  },
  'transfer-interrupted': {
    summary: (v) =>
      `transfers with ${v.endpoint} stopped ${count(v.silences, 'time')} in the middle of a message, ${duration(v.costNs)} together, ${duration(v.longestNs)} at most`,
    nextStep: 'look at the sender at these times: its application, its disk, or the source it reads from',
    hypotheses: {
      'more-to-send': {
        statement: 'the sender had more to send and did not',
        because: (v) =>
          `${count(v.silences, 'time')} the last segment before the silence was not the end of a message (no PSH)`,
      },
      loss: {
        statement: 'recovery from loss',
        because: (v) => `no retransmission ended any of the ${count(v.silences, 'silence')}`,
      },
    },
  },
}
