import type { Values } from '../../finding.ts'
import type { Catalogue, Words } from '../words.ts'
import { count, duration, percent } from './format.ts'

const common: Omit<Words, 'summary' | 'nextStep'> = {
  hypotheses: {
    scan: {
      statement: 'the source looks for open ports',
      because: (v) => `${v.closed} of ${v.tried} ports tried were closed or silent (${percent(v.closed, v.tried)})`,
    },
    sweep: {
      statement: 'the source looks for hosts that are up',
      because: (v) => `${v.closed} of ${v.tried} hosts asked did not answer (${percent(v.closed, v.tried)})`,
    },
    knownHosts: {
      statement: 'the source asks hosts that it knows',
      because: (v) => `only ${v.open} of ${v.tried} hosts asked answered`,
    },
    ordinaryClient: {
      statement: 'the source uses services that exist',
      because: (v) => `only ${v.open} of ${v.tried} ports tried were open`,
    },
  },
  innocentExplanations: [
    'an inventory, monitoring or vulnerability scanner of your own',
    'peer-to-peer software or a cluster member that tries peers that are gone',
    'a capture that holds only one direction, so that answers are missing',
  ],
  confirmOrRefute: [
    'ask who runs the source, and whether a scan was announced for this time',
    'a scan tries ports that nobody configured; a misconfigured client repeats the same few',
    'look at what the source did on the ports that were open: connections with data right afterwards confirm',
  ],
}

const tail = (v: Values) => `(${v.technique}; ${v.refused} refused, ${v.open} open) within ${duration(v.durationNs)}`

/** Words for the port scan detector. */
export const portScanWords: Catalogue = {
  'port-scan-vertical': {
    ...common,
    summary: (v) => `${v.source} tried ${count(v.ports, 'port')} of ${v.target} in vain ${tail(v)}`,
    nextStep: (v) => `find out who runs ${v.source}, and see what it did on the ports of ${v.target} that were open`,
  },
  'port-scan-horizontal': {
    ...common,
    summary: (v) => `${v.source} tried ${v.port} on ${count(v.hosts, 'host')} in vain ${tail(v)}`,
    nextStep: (v) => `find out who runs ${v.source}, and see on which hosts ${v.port} answered`,
  },
  'port-scan-block': {
    ...common,
    summary: (v) =>
      `${v.source} tried up to ${count(v.ports, 'port')} a host, and the same ports on ${count(v.hosts, 'host')}, in vain ${tail(v)}`,
    nextStep: (v) => `find out who runs ${v.source}, and see what it did on the ports that were open`,
  },
}
