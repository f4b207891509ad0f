import type { Catalogue } from '../words.ts'
import { count, duration, percent } from './format.ts'

/** Words for the detector of HTTP floods. */
export const httpFloodWords: Catalogue = {
  'http-flood': {
    summary: (v) =>
      `the web server ${v.server} was flooded with ${count(v.requests, 'request')}: up to ${v.peak}/s from ${count(v.sources, 'client')}, for ${count(v.seconds, 'second')} from ${duration(v.startNs)} into the capture; ${percent(v.served, v.requests)} were served`,
    nextStep: (v) =>
      `limit requests by client before ${v.server}, let a cache answer ${v.path}, and see in its log what the clients have in common`,
    hypotheses: {
      flood: {
        statement: 'programs ask only to keep the server busy',
        because: (v) =>
          `${percent(v.samePath, v.all)} of all requests are «${v.path}», up to ${v.peak}/s from ${count(v.sources, 'client')}`,
      },
      popular: {
        statement: 'the server is simply popular',
        because: (v) => `it served ${v.served} of ${v.requests} requests, and visitors ask for more than one thing`,
      },
    },
    innocentExplanations: [
      'a load test of your own',
      'a client with a bug that asks again at once when it gets no answer',
      'a page that was mentioned where many people read it',
    ],
    confirmOrRefute: [
      'clients that never ask for pictures and styles are no browsers',
      'the same User-Agent and headers from many networks speak for one program',
      'see whether the rate rose at once, and whether real visitors were served meanwhile',
    ],
  },
}
