import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

export const httpWords: Catalogue = {
  'http-slow-server': {
    summary: (v) =>
      `${count(v.slow, 'HTTP response')} of ${v.responses} began ${duration(v.limitNs)} or later after the request was complete, together ${duration(v.totalNs)}`,
    nextStep:
      'compare the time to the first byte with the round-trip time: the rest is the server, or what it waits for',
  },
  'http-server-errors': {
    summary: (v) => `${count(v.errors, 'HTTP response')} of ${v.responses} with a server error (5xx)`,
    nextStep: 'look for these requests in the log of the server',
  },
}
