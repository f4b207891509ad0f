import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

export const fragmentWords: Catalogue = {
  'ip-fragments-lost': {
    summary: (v) => `${count(v.datagrams, 'datagram')} of ${v.pair} lack fragments and are lost as a whole`,
    nextStep:
      'send smaller datagrams (path MTU discovery, a smaller EDNS or tunnel size), and see whether a firewall drops later fragments',
    hypotheses: {
      dropped: {
        statement: 'something on the way drops fragments as such',
        because: (v) => `${count(v.complete, 'datagram')} of this pair arrived whole`,
      },
      lost: {
        statement: 'single fragments were lost',
        because: (v) =>
          `${count(v.complete, 'datagram')} of this pair arrived whole beside ${v.datagrams} that did not`,
      },
    },
  },
  'ip-fragments-overlap': {
    summary: (v) => `${count(v.fragments, 'fragment')} of ${v.pair} overlap others with other bounds`,
    nextStep:
      'compare what the overlapping parts hold: systems put them together differently, which hides attacks from filters (RFC 5722)',
    hypotheses: {
      evasion: {
        statement: 'made to be read differently by a filter and by the receiver, or by a broken sender',
        because: (v) => `no normal sender makes overlapping fragments; there are ${v.fragments}`,
      },
    },
  },
  'ip-fragments-tiny': {
    summary: (v) => `${count(v.fragments, 'fragment')} of ${v.pair} with less than 64 bytes, though more follow`,
    nextStep:
      'see what sends them: no link has so small an MTU, and a split transport header passes simple filters (RFC 1858)',
    hypotheses: {
      evasion: {
        statement: 'made to hide the transport header from filters, or by a broken sender',
        because: (v) =>
          `every IPv4 link takes 68 bytes, every IPv6 link 1280; ${count(v.fragments, 'fragment')} are smaller`,
      },
    },
  },
}
