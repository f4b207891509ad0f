import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

export const icmpWords: Catalogue = {
  'icmp-packet-too-big': {
    summary: (v) =>
      `${count(v.messages, 'router message')} that a packet is larger than the path takes; least MTU told ${v.leastMtu === '' ? 'unknown' : `${v.leastMtu} bytes`}`,
    nextStep: 'see whether the sender then sends smaller packets; if not, ICMP is filtered on the way to it',
  },
  'icmp-unreachable': {
    summary: (v) => `${count(v.messages, 'message')} that a host, network or port cannot be reached`,
    nextStep: 'look at the quoted packets: who wanted to reach what, and who says it cannot be reached',
  },
  'icmp-time-exceeded': {
    summary: (v) => `${count(v.messages, 'packet')} ran out of hops: a traceroute, or a routing loop`,
    nextStep: 'if no traceroute was running, look for a routing loop towards the quoted destinations',
  },
}
