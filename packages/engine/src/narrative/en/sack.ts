import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

export const sackWords: Catalogue = {
  'tcp-needless-resends': {
    summary: (v) => `${v.host} sent data again that had arrived: ${count(v.dsacks, 'DSACK')} of its receivers say so`,
    nextStep:
      'look for delay that jumps above the retransmission timer, or reordering taken for loss; nothing was lost here',
    hypotheses: {
      'too-eager': {
        statement: 'the sender gave up waiting too early, or took reordering for loss',
        because: (v) => `${count(v.dsacks, 'segment')} with a DSACK`,
      },
      lost: {
        statement: 'the data was lost',
        because: (v) => `${v.dsacks} of all ${count(v.all, 'DSACK')} in the capture prove that it had arrived`,
      },
    },
  },
}
