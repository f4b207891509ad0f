import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PcapngClock } from '../../src/capture/pcapng-clock.ts'
import {
  pcapngBlock,
  pcapngInterface,
  pcapngOptions,
  pcapngPacket,
  pcapngSection,
} from '../../src/capture/write-pcapng.ts'
import { Packet } from '../../src/packet.ts'
import { readCapture } from './read-capture.ts'

const frame = Uint8Array.from({ length: 61 }, (_, i) => i)
const section = pcapngSection()
const nanosecondInterface = pcapngInterface()
const packet = pcapngPacket({ seconds: 1_700_000_000, nanoseconds: 123_456_789, bytes: frame })

/** Little-endian 32-bit words, then further bytes. */
function words(values: readonly number[], ...more: Uint8Array[]): Uint8Array {
  return Buffer.concat([new Uint8Array(Uint32Array.from(values).buffer), ...more])
}

function file(...blocks: Uint8Array[]): Uint8Array {
  return Buffer.concat([section, ...blocks])
}

function interfaceBlock(
  linkType: number,
  options: Parameters<typeof pcapngOptions>[0] = [],
  snapLength = 0,
): Uint8Array {
  return pcapngBlock(1, [words([linkType, snapLength]), pcapngOptions(options)])
}

function uint64(value: bigint): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt.asUintN(64, value)).buffer)
}

describe('PcapngReader', () => {
  it('reads enhanced packets with the time and link type of their interface', () => {
    const second = interfaceBlock(113)
    const ticks = 1_600_000_000_000_001n
    const other = pcapngBlock(6, [words([1, Number(ticks >> 32n), Number(ticks & 0xffff_ffffn), 61, 90], frame)])
    const { records, metadata } = readCapture(file(nanosecondInterface, second, packet, other))
    expect(records).toMatchObject([
      { number: 1, time: '1700000000.123456789', linkType: 1, interfaceIndex: 0, wireLength: 61 },
      { number: 2, time: '1600000000.000001000', linkType: 113, interfaceIndex: 1, wireLength: 90 },
    ])
    expect(records[0].bytes).toBe(Buffer.from(frame).toString('hex'))
    expect(metadata?.interfaces.map((each) => each.packets)).toEqual([1, 1])
    expect(metadata?.end).toMatchObject({ status: 'ok', lastFrame: 2 })
  })

  it('starts over with interfaces and byte order in every section', () => {
    const big = [pcapngSection({ byteOrder: 'big' }), pcapngInterface({ linkType: 101 }, false)]
    const bigPacket = pcapngPacket({ seconds: 5, nanoseconds: 6, bytes: frame }, false)
    const { records, metadata } = readCapture(file(nanosecondInterface, packet, ...big, bigPacket))
    expect(records[1]).toMatchObject({ number: 2, time: '5.000000006', linkType: 101, interfaceIndex: 0 })
    expect(metadata).toMatchObject({ sections: 2, interfaces: [{ section: 0 }, { section: 1, index: 0 }] })
  })

  it('gives simple packets no time and the length that snap length and block leave them', () => {
    const simple = pcapngBlock(3, [words([500], frame)])
    const { records } = readCapture(file(interfaceBlock(1, [], 40), simple, interfaceBlock(1), simple))
    expect(records).toMatchObject([
      { time: null, wireLength: 500 },
      { time: null, wireLength: 500 },
    ])
    expect(records[0].bytes).toHaveLength(80)
  })

  it('reads obsolete packet blocks', () => {
    const obsolete = pcapngBlock(2, [words([7 << 16, 0, 1_000_001, 61, 61], frame, new Uint8Array(3), words([0]))])
    const { records, metadata } = readCapture(file(interfaceBlock(1), obsolete))
    expect(records[0]).toMatchObject({ time: '1.000001000', interfaceIndex: 0 })
    expect(metadata?.packetDrops).toBe(7)
  })

  it('passes over custom and unknown blocks without giving them a number', () => {
    const custom = pcapngBlock(0xbad, [words([32_473], frame)])
    const unknown = pcapngBlock(0x4000_0bad, [new Uint8Array(5000)])
    const secrets = pcapngBlock(0x0a, [words([0x544c534b, 0])])
    const { records, metadata } = readCapture(
      file(nanosecondInterface, custom, packet, unknown, custom, secrets, packet),
      [100],
    )
    expect(records.map((record) => record.number)).toEqual([1, 2])
    expect(metadata?.skippedBlocks).toEqual(
      new Map([
        ['0x00000bad', 2],
        ['0x40000bad', 1],
      ]),
    )
    expect(metadata?.decryptionSecrets).toBe(1)
  })

  it('tells what the section, its interfaces and their statistics say', () => {
    const described = interfaceBlock(1, [
      [1, 'first'],
      [2, 'eth0'],
      [3, 'uplink'],
      [8, uint64(10_000_000_000n)],
      [9, 0x80 | 10],
      [11, '\0tcp port 80'],
      [12, 'Linux'],
      [13, 4],
      [14, uint64(-3600n)],
      [15, 'card'],
    ])
    const statistics = pcapngBlock(5, [
      words([0, 0, 0]),
      pcapngOptions([
        [4, uint64(99n)],
        [5, uint64(3n)],
        [7, uint64(4n)],
      ]),
    ])
    const start = pcapngSection({ application: 'dumpcap', comment: 'whole' })
    const { metadata } = readCapture(Buffer.concat([start, described, statistics]))
    expect(metadata).toMatchObject({
      application: 'dumpcap',
      comments: [{ frame: null, text: 'whole' }],
      commentCount: 1,
    })
    expect(metadata?.interfaces[0]).toEqual({
      section: 0,
      index: 0,
      linkType: 1,
      snapLength: 0,
      name: 'eth0',
      description: 'uplink',
      filter: 'tcp port 80',
      operatingSystem: 'Linux',
      hardware: 'card',
      bitsPerSecond: 10_000_000_000,
      comments: ['first'],
      ticksPerSecond: 1024,
      offsetSeconds: -3600,
      packets: 0,
      received: 99,
      droppedByInterface: 3,
      droppedByOperatingSystem: 4,
    })
  })

  it('reads comments, drop counts and frame check lengths of packets', () => {
    const options = pcapngOptions([
      [1, 'look here'],
      [2, new Uint8Array(Uint32Array.of(4 << 5).buffer)],
      [4, uint64(12n)],
    ])
    const commented = pcapngBlock(6, [words([0, 0, 0, 61, 61], frame, new Uint8Array(3), options)])
    const { records, metadata } = readCapture(file(nanosecondInterface, commented, packet))
    expect(records.map((record) => record.fcsLength)).toEqual([4, 0])
    expect(metadata).toMatchObject({ packetDrops: 12, comments: [{ frame: 1, text: 'look here' }] })
  })

  it('reads resolved names', () => {
    const ipv4 = Uint8Array.of(1, 0, 10, 0, 192, 0, 2, 1, 97, 0, 98, 98, 98, 0, 0, 0)
    const ipv6 = Uint8Array.of(2, 0, 18, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 99, 0, 0, 0)
    const { metadata } = readCapture(file(pcapngBlock(4, [ipv4, ipv6, words([0])])))
    expect(metadata?.names).toEqual(
      new Map([
        ['192.0.2.1', ['a', 'bbb']],
        ['2001:db8::1', ['c']],
      ]),
    )
  })

  it('keeps no more than a thousand comments but counts them all', () => {
    const commented = pcapngPacket({ seconds: 1, nanoseconds: 0, bytes: frame, comment: 'x' })
    const { metadata } = readCapture(file(nanosecondInterface, ...Array<Uint8Array>(1200).fill(commented)))
    expect(metadata?.comments).toHaveLength(1000)
    expect(metadata?.commentCount).toBe(1200)
  })

  it.each([
    ['a block shorter than a block can be', words([0x99, 8, 8])],
    ['a block whose two lengths differ', Buffer.concat([packet.subarray(0, -4), words([7])])],
    ['a skipped block whose two lengths differ', words([0x99, 16, 0, 20])],
    ['a packet of an interface that is not described', pcapngBlock(6, [words([3, 0, 0, 0, 0])])],
    ['a packet larger than its block', pcapngBlock(6, [words([0, 0, 0, 200, 200], frame)])],
    ['a packet beyond 262144 bytes', pcapngBlock(6, [words([0, 0, 0, 262_148, 262_148], new Uint8Array(262_148))])],
    ['a packet block too short for its fields', pcapngBlock(6, [words([0, 0])])],
    ['an option larger than its block', pcapngBlock(6, [words([0, 0, 0, 0, 0, (300 << 16) | 1, 0])])],
    ['a name record larger than its block', pcapngBlock(4, [words([(300 << 16) | 1, 0])])],
    ['a section of an unknown version', pcapngBlock(0x0a0d0d0a, [words([0x1a2b3c4d, 2, 0, 0])])],
    ['a section without byte-order magic', pcapngBlock(0x0a0d0d0a, [words([0, 1, 0, 0])])],
    ['a block of 32 MiB that would have to be kept', words([4, 32 << 20, 0, 0, 0, 0])],
  ])('stops as damaged at %s and keeps what was before', (_, block) => {
    const { records, metadata } = readCapture(file(nanosecondInterface, packet, block, packet))
    expect(records).toHaveLength(1)
    expect(metadata?.end).toMatchObject({
      status: 'damaged',
      lastFrame: 1,
      byteOffset: section.length + nanosecondInterface.length + packet.length,
    })
    expect(metadata?.end.reason).not.toBeNull()
  })

  it('accepts a block length without its padding', () => {
    const odd = words([0x99, 17, 0, 0, 17])
    expect(readCapture(file(nanosecondInterface, odd, packet)).records).toHaveLength(1)
  })

  it('says at which block a file was cut short', () => {
    const { metadata } = readCapture(
      file(nanosecondInterface, packet, pcapngBlock(0x99, [new Uint8Array(100)])).subarray(0, -50),
    )
    const byteOffset = section.length + nanosecondInterface.length + packet.length
    expect(metadata?.end).toMatchObject({ status: 'truncated', byteOffset, lastFrame: 1 })
  })
})

describe('PcapngClock', () => {
  it('divides exactly for every resolution and tick count', () => {
    const resolution = fc.oneof(
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 63 }).map((exponent) => exponent | 0x80),
    )
    const ticks = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(2n ** 64n - 1n, 999_999_999n))
    fc.assert(
      fc.property(resolution, ticks, (code, count) => {
        const base = (code & 0x80) === 0 ? 10n : 2n
        const perSecond = base ** BigInt(code & 0x7f)
        const stamped = new Packet()
        new PcapngClock(code).stamp(stamped, Number(count >> 32n), Number(count & 0xffff_ffffn))
        expect(stamped.seconds).toBe(Number(count / perSecond))
        expect(stamped.nanoseconds).toBe(Number(((count % perSecond) * 1_000_000_000n) / perSecond))
      }),
      { numRuns: 5000 },
    )
  })
})
