import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

/** Words for the detector of spoofing on the local network. */
export const localSpoofingWords: Catalogue = {
  'arp-spoofing': {
    summary: (v) =>
      `${v.mac} answered ARP ${count(v.replies, 'time')} for ${count(v.count, 'address', 'addresses')} first seen with others (${v.addresses})`,
    nextStep: (v) =>
      `find ${v.mac} on the switch and unplug it; see which traffic of ${v.addresses} went through it since`,
    hypotheses: {
      interception: {
        statement: 'somebody draws traffic of others to himself',
        because: (v) => `${v.replies} replies for what belonged to ${v.owners}, ${v.unasked} of them unasked`,
      },
      failover: {
        statement: 'the addresses moved to another host for good',
        because: (v) =>
          Number(v.contested) > 0
            ? `the owner of ${count(v.contested, 'address', 'addresses')} was still there afterwards`
            : `${v.count} addresses were taken at once, with ${v.replies} replies`,
      },
    },
    innocentExplanations: [
      'a router with proxy ARP, or a load balancer that answers for its servers',
      'a fail-over pair that flaps',
      'an address configured twice by mistake',
    ],
    confirmOrRefute: [
      'frames of the owners that reach the other hardware address and are sent on confirm an interception',
      'replies that nobody had asked for, at an even beat, confirm',
      'documented virtual or proxy addresses refute',
    ],
  },
  'rogue-dhcp-server': {
    summary: (v) =>
      `the DHCP servers ${v.one} and ${v.other} answered ${count(v.requests, 'same request')} with addresses of different networks (${v.oneAddress}, ${v.otherAddress})`,
    nextStep: () => 'see which of the two is yours, find the other on the switch, and turn on DHCP snooping',
    hypotheses: {
      twoNetworks: {
        statement: 'one of the servers does not belong here',
        because: (v) => `${v.oneAddress} and ${v.otherAddress} were offered to the same client`,
      },
    },
    innocentExplanations: [
      'a home router or virtual machine host that was plugged in with its own DHCP server on',
      'two networks on one cable, with a server each',
    ],
    confirmOrRefute: [
      'gateway and name server in the answers: one that is not yours confirms',
      'the hardware address of the server tells its maker',
    ],
  },
}
