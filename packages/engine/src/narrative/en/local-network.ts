import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

export const localNetworkWords: Catalogue = {
  'arp-conflict': {
    summary: (v) =>
      `${count(v.messages, 'ARP message claims', 'ARP messages claim')} an address for another hardware address than the one it was first seen with (${count(v.senders, 'sender')})`,
    nextStep:
      'find both hardware addresses on the switch: a second host with the address, a failover pair, or ARP spoofing',
  },
  'dhcp-refused': {
    summary: (v) => `${count(v.messages, 'DHCP message')} refuse or decline a lease`,
    nextStep:
      'compare the requested address with the pools of the servers that answer, and look for a second DHCP server',
  },
}
