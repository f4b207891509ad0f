/** Where a detector fires in the shared captures, and why that is right. Everywhere else the detectors are silent. */
export interface Firing {
  readonly kinds: readonly string[]
  readonly why: string
}

/** By path below the corpus; kept true by the test of the corpus, and printed in the reference of detectors. */
export const firings: Readonly<Record<string, Firing>> = {
  'captures/dns/ndpi__dns-tunnel-iodine.pcap': {
    kinds: ['dns-tunnel'],
    why: 'the tunnel iodine: 222 different encoded names below one domain in 25 s',
  },
  'captures/security/curated__two_way_all_flags.pcap': {
    kinds: ['port-scan-vertical'],
    why: 'made by a program that sends every combination of flags to hundreds of ports, which answer nothing',
  },
  'captures/security/ndpi__icmp-tunnel.pcap': {
    kinds: ['icmp-tunnel'],
    why: 'echo replies hold other data than the requests, in dozens of sizes',
  },
  'captures/security/joy__kali-password-attack_hydra.pcap': {
    kinds: ['password-guessing'],
    why: 'hydra tries seven SSH passwords at once; all connections end after a login’s worth of bytes',
  },
  'captures/security/packet__amp.udp.snmp.src161.pcapng': {
    kinds: ['amplification-flood'],
    why: 'thousands of SNMP answers from as many servers, none of which was asked',
  },
  'captures/security/packet__pkt.tcp.synflood.spoofed.pcap': {
    kinds: ['syn-flood'],
    why: 'SYNs from 37 669 forged ends to one port',
  },
  'captures/security/packets__synscan.pcapng': {
    kinds: ['port-scan-vertical'],
    why: 'nmap tries a thousand ports by SYN; three are open',
  },
  'captures/security/pcaphunt__hs-icmpscan.pcap': {
    kinds: ['port-scan-horizontal'],
    why: 'echo requests to all 256 addresses of a network, none of which answers',
  },
  'captures/security/pcaphunt__ps-udp.pcap': {
    kinds: ['port-scan-vertical'],
    why: 'datagrams to a thousand ports of one host without an answer',
  },
  'captures/security/pcaps__ftp-crack.pcap': {
    kinds: ['password-guessing'],
    why: 'an FTP server refuses 705 logins with 530',
  },
  'captures/tcp/mercury__emix.pcap': {
    kinds: ['port-scan-horizontal'],
    why: 'an infected host, just connected to IRC, tries TCP 139 on 101 random addresses outside',
  },
}
