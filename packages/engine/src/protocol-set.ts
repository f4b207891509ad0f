/**
 * The protocols a frame can hold, by the names of Wireshark's display filters; the position in the list is the protocol's id.
 * A frame's protocols are a set of 64 bits in two integers, `protocolsLow` and `protocolsHigh` of {@link Packet}.
 */
export const protocolNames = [
  'eth',
  'sll',
  'null',
  'raw',
  'ppp',
  'pppoes',
  'pppoed',
  'vlan',
  'mpls',
  'gre',
  'vxlan',
  'geneve',
  'ip',
  'ipv6',
  'arp',
  'icmp',
  'icmpv6',
  'igmp',
  'tcp',
  'udp',
  'sctp',
  'esp',
  'ah',
  'dns',
  'mdns',
  'llmnr',
  'dhcp',
  'dhcpv6',
  'ntp',
  'http',
  'tls',
  'quic',
  'ssh',
  'wlan',
  'radiotap',
  'llc',
  'ieee8021ad',
  'erspan',
  'gtp',
  'teredo',
  'l2tp',
  'eapol',
  'stp',
  'lldp',
  'nflog',
  'etherip',
  'capwap',
  'pim',
  'ospf',
  'vrrp',
  'eigrp',
  'udplite',
  'dccp',
  'rarp',
  'wol',
  'cdp',
  'ppi',
  'fr',
  'chdlc',
  'other',
] as const

export type ProtocolName = (typeof protocolNames)[number]

/** Ids by name, constant so that the hot path compares integers. */
export const Protocol = Object.freeze(Object.fromEntries(protocolNames.map((name, id) => [name, id]))) as Readonly<
  Record<ProtocolName, number>
>

export interface HasProtocols {
  protocolsLow: number
  protocolsHigh: number
}

/** Adds a protocol to a frame's set. */
export function markProtocol(frame: HasProtocols, id: number): void {
  if (id < 32) frame.protocolsLow |= 1 << id
  else frame.protocolsHigh |= 1 << (id - 32)
}

export function hasProtocol(frame: HasProtocols, id: number): boolean {
  return id < 32 ? (frame.protocolsLow & (1 << id)) !== 0 : (frame.protocolsHigh & (1 << (id - 32))) !== 0
}
