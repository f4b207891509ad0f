import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

export const httpWords: Catalogue = {
  'http-slow-server': {
    summary: (v) =>
      `${count(v.slow, 'HTTP response')} of ${v.responses} began ${duration(v.limitNs)} or later after the request was complete, together ${duration(v.totalNs)}`,
    nextStep:
      'compare the time to the first byte with the round-trip time: the rest is the server, or what it waits for',
    hypotheses: {
      server: {
        statement: 'the server, or what it waits for, is slow',
        because: (v) => `without round trips ${duration(v.serverNs)} of ${duration(v.totalNs)} remain`,
      },
      path: {
        statement: 'the way there is long',
        because: (v) => `round trips of these connections make ${duration(v.pathNs)} of ${duration(v.totalNs)}`,
      },
      always: {
        statement: 'every response is slow',
        because: (v) => `the median of all responses begins after ${duration(v.medianNs)}`,
      },
    },
  },
  'http-server-errors': {
    summary: (v) => `${count(v.errors, 'HTTP response')} of ${v.responses} with a server error (5xx)`,
    nextStep: 'look for these requests in the log of the server',
    hypotheses: {
      server: {
        statement: 'the server, or what it depends on, fails',
        because: (v) => `it says so itself in ${count(v.errors, 'response')}`,
      },
      request: {
        statement: 'the requests are wrong',
        because: (v) =>
          `that would be answered with 4xx, as ${count(v.clientErrors, 'response was', 'responses were')}`,
      },
    },
  },
}
