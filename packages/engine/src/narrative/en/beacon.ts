import type { Catalogue } from '../words.ts'
import { count, duration, percent } from './format.ts'

/** Words for the beacon detector. */
export const beaconWords: Catalogue = {
  beacon: {
    summary: (v) =>
      `${v.source} turns to ${v.target} ${v.service} every ${duration(v.medianNs)} (± ${duration(v.deviationNs)}, ${count(v.beats, 'beat')})`,
    nextStep: (v) => `find the program on ${v.source} that opens these connections, and who runs ${v.target}`,
    hypotheses: {
      timer: {
        statement: 'a program calls on a timer',
        because: (v) =>
          `${percent(v.regular, 1)} of the intervals fit ${duration(v.medianNs)}; coefficient of variation ${v.variation}`,
      },
      person: {
        statement: 'a person works with the service',
        because: (v) => `intervals of people vary about as much as they are long, these by ${percent(v.variation, 1)}`,
      },
    },
    innocentExplanations: [
      'a program that looks for updates, mail or news, or reports its state',
      'monitoring of a service outside',
      'a web page left open that refreshes itself',
    ],
    confirmOrRefute: [
      'the name in DNS, SNI or the certificate tells who is called; an unknown or brand-new name speaks for malware',
      'requests and answers that hardly vary in size confirm; content that changes with the hour refutes',
      'a program that came with the system or a known product refutes',
    ],
  },
}
