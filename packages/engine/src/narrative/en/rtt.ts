import type { Catalogue } from '../words.ts'
import { count, duration, kilobytes } from './format.ts'

export const rttWords: Catalogue = {
  bufferbloat: {
    summary: (v) =>
      `a queue fills under load: the round trip from ${v.sender} to ${v.receiver} grew from ${duration(v.baseNs)} to ${duration(v.longestNs)} (${duration(v.meanNs)} on average in ${count(v.samples, 'sample')}) while up to ${kilobytes(v.mostInFlight)} were in flight at ${v.megabitsPerSecond} Mbit/s${
        v.responses === 0
          ? ''
          : `; ${count(v.responses, 'HTTP response')} waited for it, ${duration(v.waitedNs)} together`
      }`,
    nextStep: (v) =>
      `let the device before the slow link that ${v.sender} sends through manage its queue (fq_codel, CAKE: RFC 8290), or limit the transfer to just below ${v.megabitsPerSecond} Mbit/s`,
    hypotheses: {
      queue: {
        statement: 'data waits in a queue before the slowest link',
        because: (v) =>
          `bytes in flight and round trip go together: correlation ${v.correlation} in ${count(v.samples, 'sample')}`,
      },
      distance: {
        statement: 'the other end is far away',
        because: (v) => `without load the handshake took ${duration(v.baseNs)}`,
      },
      'late-acknowledgments': {
        statement: 'the receiver acknowledges late',
        because: (v) =>
          `${kilobytes(v.meanInFlight)} were in flight on average and acknowledged in a steady stream: nobody waits for more to come`,
      },
      server: {
        statement: 'servers thought long about requests made meanwhile',
        because: (v) =>
          `${count(v.responses, 'HTTP response')} took no longer than the queue, up to ${duration(v.longestNs)}`,
      },
    },
  },
}
