import { describe, expect, it } from 'vitest'
import { readCryptoFrames } from '../../../src/protocols/quic/crypto-frames.ts'
import { LongHeader } from '../../../src/protocols/quic/quic-header.ts'
import { deriveInitialKeys, openInitial } from '../../../src/protocols/quic/quic-initial.ts'
import { clientCryptoFrame, protectInitial, rfcDestinationId } from './protect-initial.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** RFC 9001 appendix A.1, A.2 and RFC 9369 appendix A.1, A.2. */
const vectors = [
  {
    name: 'RFC 9001',
    version: 1,
    client: ['1f369613dd76d5467730efcbe3b1a22d', 'fa044b2f42a3fd3b46fb255c', '9f50449e04a0e810283a1e9933adedd2'],
    server: ['cf3a5331653c364c88f0f379b6067e37', '0ac1493ca1905853b0bba03e', 'c206b8d9b9f0f37644430b490eeaa314'],
    header: 'c300000001088394c8f03e5157080000449e00000002',
    packetHead: 'c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11',
    packetTail: 'e221af44860018ab0856972e194cd934',
  },
  {
    name: 'RFC 9369',
    version: 0x6b3343cf,
    client: ['8b1a0bc121284290a29e0971b5cd045d', '91f73e2351d8fa91660e909f', '45b95e15235d6f45a6b19cbcb0294ba9'],
    server: ['82db637861d55e1d011f19ea71d5d2a7', 'dd13c276499c0249d3310652', 'edf6d05c83121201b436e16877593c3a'],
    header: 'd36b3343cf088394c8f03e5157080000449e00000002',
    packetHead: 'd76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485',
    packetTail: 'a18b2faa745b6fe189cf772a9f84cbfc',
  },
]

describe.each(vectors)('the vectors of $name', ({ version, client, server, header, packetHead, packetTail }) => {
  it('give the keys of both sides', () => {
    for (const [sender, expected] of [['client', client] as const, ['server', server] as const]) {
      const keys = deriveInitialKeys(version, rfcDestinationId, sender)!
      expect([hex(keys.key), hex(keys.iv), hex(keys.headerProtection)]).toEqual(expected)
    }
  })

  it('open the client Initial', () => {
    const payload = Buffer.alloc(1162)
    payload.set(clientCryptoFrame)
    const packet = protectInitial(version, rfcDestinationId, Buffer.from(header, 'hex'), payload)
    expect(hex(packet.subarray(0, 32))).toBe(packetHead)
    expect(hex(packet.subarray(-16))).toBe(packetTail)
    const read = new LongHeader()
    expect(read.read(packet, 0, packet.length)).toBe(true)
    expect(read).toMatchObject({ version, type: 0, packetNumberStart: 18, packetEnd: 1200 })
    const keys = deriveInitialKeys(version, rfcDestinationId, 'client')!
    const before = hex(packet)
    expect(hex(openInitial(keys, packet, 0, read.packetNumberStart, read.packetEnd)!)).toBe(hex(payload))
    expect(hex(packet)).toBe(before)
    packet[100] ^= 1
    expect(openInitial(keys, packet, 0, read.packetNumberStart, read.packetEnd)).toBeNull()
  })
})

describe('deriveInitialKeys', () => {
  it('knows no keys for versions without a salt', () => {
    expect(deriveInitialKeys(0x51303530, rfcDestinationId, 'client')).toBeNull()
    expect(deriveInitialKeys(0xff000012, rfcDestinationId, 'client')).toBeNull()
  })
})

describe('readCryptoFrames', () => {
  const read = (...octets: number[]) => {
    const taken: [number, number[]][] = []
    readCryptoFrames(Uint8Array.from(octets), (offset, bytes, start, end) => {
      taken.push([offset, Array.from(bytes.subarray(start, end))])
    })
    return taken
  }

  it('passes over padding, ping and acknowledgements', () => {
    expect(read(0, 1, 2, 5, 0, 1, 0, 3, 4, 3, 5, 0, 0, 0, 1, 2, 3, 6, 0x40, 9, 2, 7, 8)).toEqual([[9, [7, 8]]])
  })

  it('stops at a frame that is cut', () => {
    expect(read(6, 0, 1, 5, 6, 1, 9, 5)).toEqual([[0, [5]]])
  })
})
