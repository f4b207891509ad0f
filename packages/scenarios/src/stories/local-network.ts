import { addressBytes, type Host, macBytes, udpFrame } from '@pcap-analyzer/engine/testing'
import { joined } from '../payloads/text.ts'
import type { Scenario } from '../scenario.ts'
import { MS, SECOND } from '../units.ts'

const BROADCAST = 'ff:ff:ff:ff:ff:ff'

/** An ARP request (1) or reply (2) that names its sender (RFC 826). */
function arp(opcode: 1 | 2, sender: Host, target: Host): Uint8Array {
  const from = macBytes(sender)
  const to = macBytes(target)
  const body = [
    0,
    1,
    8,
    0,
    6,
    4,
    0,
    opcode,
    ...from,
    ...addressBytes(sender.address),
    ...to,
    ...addressBytes(target.address),
  ]
  return Uint8Array.from([...to, ...from, 8, 6, ...body])
}

export const arpSpoofing: Scenario = {
  name: 'arp-spoofing',
  story:
    'A third host goes on telling a client and its gateway that it has the address of the other; the gateway still speaks.',
  ipVersions: [4],
  play: (stage) => {
    const spoofer = '02:00:00:00:00:66'
    const gateway: Host = { address: stage.inside(1), mac: '02:00:00:00:00:01' }
    const victim: Host = { address: stage.inside(10), mac: '02:00:00:00:00:10' }
    stage.record(0, arp(1, victim, { ...gateway, mac: BROADCAST }))
    stage.record(0.3 * MS, arp(2, gateway, victim))
    for (let i = 1; i <= 30; i++) {
      stage.record(i * 2 * SECOND, arp(2, { ...gateway, mac: spoofer }, victim), 'spoof')
      stage.record(i * 2 * SECOND + MS, arp(2, { ...victim, mac: spoofer }, gateway), 'spoof')
    }
    stage.record(31 * SECOND, arp(1, gateway, { ...victim, mac: BROADCAST }))
    return {
      expected: [{ kind: 'arp-spoofing', subject: [spoofer, gateway.address], evidence: ['spoof'] }],
      allowed: ['arp-conflict'],
    }
  },
}

const MAGIC_COOKIE = [99, 130, 83, 99]

/** A message of DHCP between client and server (RFC 2131). */
function dhcp(type: 1 | 2, transaction: number, server: string | null, address: string | null): Uint8Array {
  const message = new Uint8Array(236)
  message.set([type, 1, 6, 0, 0, 0, transaction >> 8, transaction & 255])
  if (address !== null) message.set(addressBytes(address), 16)
  message.set([2, 0, 0, 0, 0, transaction & 255], 28)
  const options = [53, 1, type, ...(server === null ? [] : [54, 4, ...addressBytes(server)]), 255]
  return joined(message, MAGIC_COOKIE, options)
}

export const rogueDhcp: Scenario = {
  name: 'rogue-dhcp',
  story:
    'A home router plugged into the office network offers leases of its own network beside those of the real server.',
  ipVersions: [4],
  play: (stage) => {
    const [own, rogue] = [stage.inside(2), '192.168.178.1']
    const everybody = { address: '255.255.255.255', port: 68, mac: BROADCAST }
    for (let i = 0; i < 5; i++) {
      const atNs = i * 40 * SECOND
      const client = { address: '0.0.0.0', port: 68, mac: `02:00:00:00:00:0${i}` }
      stage.record(atNs, udpFrame(client, { ...everybody, port: 67 }, dhcp(1, 700 + i, null, null)))
      const offer = (server: string, address: string) =>
        udpFrame({ address: server, port: 67 }, everybody, dhcp(2, 700 + i, server, address))
      stage.record(atNs + 2 * MS, offer(own, stage.inside(50 + i)))
      stage.record(atNs + 3 * MS, offer(rogue, `192.168.178.${20 + i}`))
    }
    return { expected: [{ kind: 'rogue-dhcp-server', subject: [own, rogue] }] }
  },
}
