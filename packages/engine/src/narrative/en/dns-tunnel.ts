import type { Catalogue } from '../words.ts'
import { count, duration, percent } from './format.ts'

/** Words for the detector of DNS tunnels. */
export const dnsTunnelWords: Catalogue = {
  'dns-tunnel': {
    summary: (v) =>
      `${v.source} asked for ${count(v.names, 'different name')} below ${v.domain} within ${duration(v.durationNs)}, ${v.length} characters long on average: room for ${count(v.bytes, 'byte')} of data`,
    nextStep: (v) =>
      `find the program on ${v.source} that asks, see who owns ${v.domain}, and let only the resolver ask outside`,
    hypotheses: {
      longNames: {
        statement: 'the names are longer than names of hosts are',
        because: (v) => `${v.length} characters before the domain on average, ${v.longest} at most`,
      },
      randomNames: {
        statement: 'the names are encoded data',
        because: (v) => `entropy of ${v.entropy} bits a character`,
      },
      carrierTypes: {
        statement: 'the questions are for types that carry data back',
        because: (v) =>
          `${percent(v.carriers, v.queries)} of the questions are for TXT, NULL, CNAME, MX or key records`,
      },
    },
    innocentExplanations: [
      'a look-up service that is asked by digests: virus scanner, mail filter, licence check',
      'a content network or telemetry that writes identifiers into names',
      'a test of DNS, or measurements that use every name once',
    ],
    confirmOrRefute: [
      'the name servers of the domain: one host that somebody rented confirms, a known product refutes',
      'answers as long and random as the questions confirm; the same few addresses refute',
      'the questions go on while nobody works, and other programs on the host use none of the addresses',
    ],
  },
}
