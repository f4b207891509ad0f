import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

export const flowWords: Catalogue = {
  'one-way-connections': {
    summary: (v) => `only one direction of ${count(v.connections, 'TCP connection')} of ${v.all} was captured`,
    nextStep: 'capture where both directions pass: mirror both directions of the port, or all links of the path',
    hypotheses: {
      'asymmetric-route': {
        statement: 'the other direction takes another way',
        because: (v) => `of ${count(v.both, 'connection')} both directions were captured at the same place`,
      },
      'one-way-capture': {
        statement: 'the capture sees one direction of everything',
        because: (v) => `of ${count(v.both, 'connection')} both directions were captured`,
      },
    },
  },
}
