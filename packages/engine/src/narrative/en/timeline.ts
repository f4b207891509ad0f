import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

export const timelineWords: Catalogue = {
  'capture-silent': {
    summary: (v) =>
      `nothing at all was captured in ${count(v.periods, 'period')}, ${duration(v.costNs)} together, ${duration(v.longestNs)} at most, though about ${v.expected} frames were to be expected in the longest`,
    nextStep:
      'see whether the network was interrupted at these times, or the capture: compare with interface counters and logs',
    hypotheses: {
      outage: {
        statement: 'the network or the capture was interrupted',
        because: (v) => `at the mean rate ${count(v.expected, 'frame')} would have passed`,
      },
      quiet: {
        statement: 'it was only quiet',
        because: (v) => `the capture is silent for ${duration(v.silentNs)} and busy for ${duration(v.busyNs)}`,
      },
    },
  },
}
