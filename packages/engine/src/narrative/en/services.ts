import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

export const serviceWords: Catalogue = {
  'service-on-other-port': {
    summary: (v) => `${v.place}: ${count(v.flows, 'flow')} of ${v.service} on a port that stands for ${v.expected}`,
    nextStep: 'ask whether that is meant; rules and tools that go by the port treat it as something else',
    hypotheses: {
      deliberate: {
        statement: 'the service was put there deliberately, maybe to pass a filter',
        because: (v) => `its own protocol was read in ${count(v.flows, 'flow')}`,
      },
    },
  },
}
