import type { Values } from '../../finding.ts'
import type { Catalogue, Words } from '../words.ts'
import { count, duration, percent } from './format.ts'

const common: Omit<Words, 'summary' | 'nextStep'> = {
  hypotheses: {
    flood: {
      statement: 'somebody sends only to keep the target busy',
      because: (v) => `${v.unanswered} of ${v.requests} went without answer (${percent(v.unanswered, v.requests)})`,
    },
    manyClients: {
      statement: 'the target is simply popular',
      because: (v) => `only ${v.answered} of ${v.requests} came to an answer or a connection`,
    },
  },
  innocentExplanations: [
    'a load test of your own',
    'a service that went down while many clients keep trying',
    'one-way media, measurements or logs that nobody answers by design',
  ],
  confirmOrRefute: [
    'see whether the rate rose at once, and whether the target’s real clients were served meanwhile',
    'sources that answer to nobody, or that nobody knows, speak for forged addresses',
    'ask the provider for the traffic towards the target at that time',
  ],
}

const rate = (v: Values) =>
  `up to ${v.peak}/s from ${v.sources} ${v.sources === '1' ? 'source' : 'sources'}, for ${count(v.seconds, 'second')} from ${duration(v.startNs)} into the capture`

const nextStep = (v: Values) =>
  `look at what ${v.target} did in those seconds, and have the traffic filtered before it reaches the link`

/** Words for the flood detector. */
export const floodWords: Catalogue = {
  'syn-flood': {
    ...common,
    summary: (v) =>
      `${v.target}${v.port === '' ? '' : ` port ${v.port}`} was flooded with ${count(v.packets, 'SYN')} that led to no connection: ${rate(v)}`,
    nextStep: (v) => `${nextStep(v)}; SYN cookies keep the host reachable`,
  },
  'udp-flood': {
    ...common,
    summary: (v) =>
      `${v.target}${v.port === '' ? '' : ` port ${v.port}`} was flooded with ${count(v.packets, 'datagram')} it did not answer: ${rate(v)}`,
    nextStep,
  },
  'icmp-flood': {
    ...common,
    summary: (v) => `${v.target} was flooded with ${count(v.packets, 'echo request')}: ${rate(v)}`,
    nextStep,
  },
  'amplification-flood': {
    ...common,
    summary: (v) => `${v.target} was flooded with ${count(v.packets, 'answer')} it never asked for: ${rate(v)}`,
    nextStep: (v) => `${nextStep(v)}; the sources are abused servers, not the attacker`,
  },
}
