import { describe, expect, it } from 'vitest'
import { datagram, detect, SECOND_NS, type StoryFrame, times } from './detection.ts'

const GATEWAY = '02:00:00:00:00:01'
const VICTIM = '02:00:00:00:00:05'
const SPOOFER = '02:00:00:00:00:66'

const bytesOf = (mac: string) => mac.split(':').map((byte) => Number.parseInt(byte, 16))
const octetsOf = (address: string) => address.split('.').map(Number)

/** An ARP request (1) or reply (2) in Ethernet (RFC 826). */
function arp(timeNs: number, opcode: 1 | 2, mac: string, address: string, toMac: string, to: string): StoryFrame {
  const body = [0, 1, 8, 0, 6, 4, 0, opcode, ...bytesOf(mac), ...octetsOf(address), ...bytesOf(toMac), ...octetsOf(to)]
  return { timeNs, bytes: Uint8Array.from([...bytesOf(toMac), ...bytesOf(mac), 8, 6, ...body]) }
}

/** A DHCP offer of a server (RFC 2131). */
function offer(timeNs: number, transaction: number, server: string, address: string): StoryFrame {
  const message = new Uint8Array(260)
  message.set([2, 1, 6, 0, 0, 0, transaction >> 8, transaction & 255])
  message.set(octetsOf(address), 16)
  message.set([99, 130, 83, 99, 53, 1, 2, 54, 4, ...octetsOf(server), 255], 236)
  return datagram({ address: server, port: 67 }, { address: '255.255.255.255', port: 68 }, timeNs, message)
}

const owners = [
  arp(0, 2, GATEWAY, '10.1.0.1', VICTIM, '10.1.0.5'),
  arp(1e6, 1, VICTIM, '10.1.0.5', GATEWAY, '10.1.0.1'),
]

describe('spoofing on the local network', () => {
  it('finds a host that goes on answering for gateway and victim', async () => {
    const poison = times(20, (i) => [
      arp((i + 1) * SECOND_NS, 2, SPOOFER, '10.1.0.1', VICTIM, '10.1.0.5'),
      arp((i + 1) * SECOND_NS + 1e6, 2, SPOOFER, '10.1.0.5', GATEWAY, '10.1.0.1'),
    ]).flat()
    const [finding, ...others] = await detect([...owners, ...poison])
    expect(others).toEqual([])
    expect(finding).toMatchObject({ kind: 'arp-spoofing', severity: 'high', attack: ['T1557.002'] })
    expect(finding.summary).toBe(
      '02:00:00:00:00:66 answered ARP 40 times for 2 addresses first seen with others (10.1.0.1, 10.1.0.5)',
    )
    expect(finding.evidence.total).toBe(40)
  })

  it('is sure when the owner still speaks', async () => {
    const poison = times(20, (i) => arp((i + 1) * SECOND_NS, 2, SPOOFER, '10.1.0.1', VICTIM, '10.1.0.5'))
    const owner = arp(10.5 * SECOND_NS, 2, GATEWAY, '10.1.0.1', VICTIM, '10.1.0.5')
    expect((await detect([...owners, ...poison, owner]))[0]).toMatchObject({ kind: 'arp-spoofing', confidence: 'high' })
  })

  it('is silent about a fail-over that announces itself', async () => {
    const announcements = times(5, (i) =>
      arp((i + 1) * SECOND_NS, 2, SPOOFER, '10.1.0.1', 'ff:ff:ff:ff:ff:ff', '10.1.0.1'),
    )
    expect(await detect([...owners, ...announcements])).toEqual([])
  })

  it('is silent about a router that answers for others when it is asked', async () => {
    const proxied = times(20, (i) => [
      arp((i + 1) * SECOND_NS, 1, VICTIM, '10.1.0.5', 'ff:ff:ff:ff:ff:ff', '10.1.0.9'),
      arp((i + 1) * SECOND_NS + 1e6, 2, SPOOFER, '10.1.0.9', VICTIM, '10.1.0.5'),
      arp((i + 1) * SECOND_NS + 2e6, 2, SPOOFER, '10.1.0.1', VICTIM, '10.1.0.5'),
      arp((i + 1) * SECOND_NS + 3e6, 1, VICTIM, '10.1.0.5', 'ff:ff:ff:ff:ff:ff', '10.1.0.1'),
    ]).flat()
    const owner = arp(1e6, 1, '02:00:00:00:00:09', '10.1.0.9', GATEWAY, '10.1.0.1')
    expect(await detect([...owners, owner, ...proxied])).toEqual([])
  })

  it('finds a second DHCP server that offers addresses of another network', async () => {
    const offers = times(3, (i) => [
      offer(i * SECOND_NS, i + 1, '10.1.0.1', `10.1.0.${50 + i}`),
      offer(i * SECOND_NS + 1e6, i + 1, '192.168.0.1', `192.168.0.${50 + i}`),
    ]).flat()
    const [finding] = await detect(offers)
    expect(finding).toMatchObject({ kind: 'rogue-dhcp-server', attack: ['T1557.003'] })
    expect(finding.summary).toContain('10.1.0.1 and 192.168.0.1 answered 3 same requests')
  })

  it('is silent about two servers that share a network', async () => {
    const offers = times(3, (i) => [
      offer(i * SECOND_NS, i + 1, '10.1.0.1', `10.1.0.${50 + i}`),
      offer(i * SECOND_NS + 1e6, i + 1, '10.1.0.2', `10.1.0.${150 + i}`),
    ]).flat()
    expect(await detect(offers)).toEqual([])
  })
})
