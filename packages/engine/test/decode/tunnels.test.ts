import { describe, expect, it } from 'vitest'
import { tcpFrame, udpFrame } from '../../src/testing/index.ts'
import { from, to, walkFrame } from './walk-frames.ts'

const inner = tcpFrame({ address: '192.0.2.1', port: 55 }, { address: '192.0.2.2', port: 7777 }, { sequence: 1 })
const innerPacket = inner.subarray(14)

/** An IPv4 packet in Ethernet whose payload is `payload`. */
function ipFrame(protocol: number, payload: readonly number[]): number[] {
  const header = [...tcpFrame(from, to, { sequence: 1 }).subarray(0, 34)]
  header[16] = (20 + payload.length) >> 8
  header[17] = (20 + payload.length) & 255
  header[23] = protocol
  return [...header, ...payload]
}

function inUdp(port: number, payload: readonly number[]): Uint8Array {
  return udpFrame({ ...from, port: 4000 }, { ...to, port }, Uint8Array.from(payload))
}

describe('GRE', () => {
  const gre = (type: number, flags: number, payload: readonly number[]) =>
    ipFrame(47, [flags >> 8, flags & 255, type >> 8, type & 255, ...payload])

  it('carries IP and Ethernet, but no VLAN tags', () => {
    expect(walkFrame(gre(0x0800, 0, [...innerPacket])).ports).toEqual([55])
    expect(walkFrame(gre(0x6558, 0, [...inner])).ports).toEqual([55])
    expect(walkFrame(gre(0x8100, 0, [0, 5, 8, 0, ...innerPacket])).ports).toEqual([])
  })

  it('reads the ERSPAN header that the version in it tells of, whatever the protocol type', () => {
    const sequence = [0, 0, 0, 1]
    const second = [0x10, 0x64, 0, 1, 0, 0, 0, 5]
    const third = [0x20, 0x64, 0, 1, 0, 0, 0, 5, 0, 0, 0, 0]
    for (const type of [0x88be, 0x22eb]) {
      expect(walkFrame(gre(type, 0x1000, [...sequence, ...second, ...inner])).ports).toEqual([55])
      expect(walkFrame(gre(type, 0x1000, [...sequence, ...third, ...inner])).ports).toEqual([55])
      expect(walkFrame(gre(type, 0x1000, [...sequence, 0, ...second.slice(1), ...inner])).ports).toEqual([])
    }
    expect(walkFrame(gre(0x88be, 0, [...inner])).ports).toEqual([55])
  })
})

describe('tunnels in UDP', () => {
  it('follows GTP-U into IP and Ethernet, not beyond the length in its header', () => {
    const header = (length: number) => [0x30, 255, length >> 8, length & 255, 0, 0, 0, 7]
    expect(walkFrame(inUdp(2152, [...header(innerPacket.length), ...innerPacket])).ports).toEqual([4000, 55])
    expect(walkFrame(inUdp(2152, [...header(inner.length), ...inner])).ports).toEqual([4000, 55])
    expect(walkFrame(inUdp(2152, [...header(30), ...innerPacket])).ports).toEqual([4000])
    expect(walkFrame(inUdp(2152, [0x20, ...header(innerPacket.length).slice(1), ...innerPacket])).ports).toEqual([4000])
  })

  it('follows VXLAN with a next protocol, LISP, AYIYA, CAPWAP and TZSP', () => {
    expect(walkFrame(inUdp(4790, [12, 0, 0, 1, 0, 0, 5, 0, ...innerPacket])).ports).toEqual([4000, 55])
    expect(walkFrame(inUdp(4790, [12, 0, 0, 3, 0, 0, 5, 0, ...inner])).protocols).toContain('vxlan')
    expect(walkFrame(inUdp(4341, [0x80, 0, 0, 1, 0, 0, 0, 0, ...innerPacket])).ports).toEqual([4000, 55])
    expect(
      walkFrame(inUdp(5072, [0x21, 0x12, 0x11, 4, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, ...innerPacket])).ports,
    ).toEqual([4000, 55])
    expect(walkFrame(inUdp(5247, [0, 0x10, 2, 0, 0, 0, 0, 0, ...inner])).ports).toEqual([4000, 55])
    expect(walkFrame(inUdp(37008, [1, 0, 0, 1, 0, 10, 1, 5, 1, ...inner])).ports).toEqual([4000, 55])
  })
})

describe('headers behind IPv4', () => {
  it('follows PIM registers, Ethernet and the extension headers of IPv6', () => {
    expect(walkFrame(ipFrame(103, [0x21, 0, 0, 0, 0, 0, 0, 0, ...innerPacket])).ports).toEqual([55])
    expect(walkFrame(ipFrame(143, [...inner])).ports).toEqual([55])
    expect(walkFrame(ipFrame(60, [6, 0, 1, 4, 0, 0, 0, 0, ...innerPacket.subarray(20)])).ports).toEqual([55])
  })

  it('stops at an authentication header longer than the packet', () => {
    expect(
      walkFrame(ipFrame(51, [6, 200, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, ...innerPacket.subarray(20)])).protocols,
    ).not.toContain('tcp')
  })
})

describe('MPLS', () => {
  const frame = (payload: readonly number[]) => [...inner.subarray(0, 12), 0x88, 0x47, 0, 1, 1, 64, ...payload]

  it('finds Ethernet with and without a control word, and IP in an associated channel', () => {
    expect(walkFrame(frame([0, 0, 0, 0, ...inner])).ports).toEqual([55])
    expect(walkFrame(frame([0, 0x0c, 0x29, ...inner.subarray(3)])).ports).toEqual([55])
    expect(walkFrame(frame([0x10, 0, 0, 0x21, ...innerPacket])).ports).toEqual([55])
  })

  it('takes nothing that begins like no known payload for Ethernet', () => {
    expect(walkFrame(frame(new Array<number>(40).fill(0x50))).protocols).toEqual(['eth', 'mpls'])
  })
})
