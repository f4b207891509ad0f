import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

/** Words for the detector of lateral movement. */
export const lateralMovementWords: Catalogue = {
  'lateral-movement': {
    summary: (v) =>
      `${v.source} opened ${v.services} connections to ${count(v.hosts, 'host')} inside that it had not visited before, within ${duration(v.durationNs)}`,
    nextStep: (v) =>
      `find out which account and program on ${v.source} did it, beginning with ${v.first}; if nobody knows, take ${v.source} off the network`,
    hypotheses: {
      spreading: {
        statement: 'somebody spreads from host to host',
        because: (v) => `${v.hosts} hosts visited for the first time within ${duration(v.durationNs)}`,
      },
      pivot: {
        statement: 'the source itself was reached that way before',
        because: (v) =>
          v.from === '' ? 'no host inside was seen to connect to it before' : `${v.from} had connected to it before`,
      },
    },
    innocentExplanations: [
      'configuration management, deployment, backup or inventory that works through a list of hosts',
      'an administrator at work from a jump host',
      'a host that starts and connects to its domain controllers and file servers',
    ],
    confirmOrRefute: [
      'the logs of the targets name the account: one that has no business there confirms',
      'a work station that does what only servers of the administration do confirms',
      'the same visits at the same time on other days refute',
    ],
  },
}
