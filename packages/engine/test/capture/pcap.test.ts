import { describe, expect, it } from 'vitest'
import { buildPcap } from '../../src/testing/captures.ts'
import { readCapture } from './read-capture.ts'

const frame = Uint8Array.from({ length: 60 }, (_, i) => i)

/** A little-endian pcap from numbers: the header's fields that vary, then records of four words, extra header bytes and data. */
function rawPcap(
  header: { magic?: number; minor?: number; network?: number; extra?: number },
  records: { words: readonly number[]; extra?: number; data: Uint8Array }[],
): Uint8Array {
  const parts: Uint8Array[] = [new Uint8Array(24 + (header.extra ?? 0))]
  const view = new DataView(parts[0].buffer)
  view.setUint32(0, header.magic ?? 0xa1b2c3d4, true)
  view.setUint16(4, 2, true)
  view.setUint16(6, header.minor ?? 4, true)
  view.setUint32(20, header.network ?? 1, true)
  for (const { words, extra = 0, data } of records) {
    const recordHeader = new Uint8Array(16 + extra)
    words.forEach((word, i) => {
      new DataView(recordHeader.buffer).setUint32(4 * i, word, true)
    })
    parts.push(recordHeader, data)
  }
  return Buffer.concat(parts)
}

function usual(second: number, extra = 0) {
  return { words: [1_600_000_000 + second, 5, frame.length, frame.length], extra, data: frame }
}

describe('PcapReader', () => {
  it.each([
    ['little', 'microseconds', 'pcap', '1700000000.123456000'],
    ['big', 'microseconds', 'pcap', '1700000000.123456000'],
    ['little', 'nanoseconds', 'pcap (nanoseconds)', '1700000000.123456789'],
    ['big', 'nanoseconds', 'pcap (nanoseconds)', '1700000000.123456789'],
  ] as const)('reads %s-endian files in %s', (byteOrder, resolution, format, time) => {
    const file = buildPcap([{ bytes: frame, nanoseconds: 123_456_789, wireLength: 1514 }], { byteOrder, resolution })
    const { records, metadata } = readCapture(file)
    expect(records).toEqual([
      {
        number: 1,
        time,
        linkType: 1,
        interfaceIndex: 0,
        fcsLength: 0,
        wireLength: 1514,
        bytes: Buffer.from(frame).toString('hex'),
      },
    ])
    expect(metadata).toMatchObject({ format, byteOrder, end: { status: 'ok', byteOffset: 100, lastFrame: 1 } })
    expect(metadata?.interfaces[0]).toMatchObject({ linkType: 1, packets: 1, snapLength: 262_144 })
  })

  it('carries a fraction of a second or more into the seconds', () => {
    const file = rawPcap({}, [{ words: [1_600_000_000, 3_500_000, 60, 60], data: frame }])
    expect(readCapture(file).records[0].time).toBe('1600000003.500000000')
  })

  it('reads times after 2038', () => {
    const file = rawPcap({}, [{ words: [4_000_000_000, 1, 60, 60], data: frame }])
    expect(readCapture(file).records[0].time).toBe('4000000000.000001000')
  })

  it.each([
    ['the 24-byte headers of ss990417', 0xa1b2c3d4, 8, 'pcap with 24-byte record headers'],
    ['the 20-byte headers of Nokia', 0xa1b2c3d4, 4, 'pcap with 20-byte record headers'],
    ['the 24-byte headers of ss991029', 0xa1b2cd34, 8, 'pcap (modified)'],
    ['the 28-byte headers of ss990915', 0xa1b2cd34, 12, 'pcap (modified) with 28-byte record headers'],
  ])('recognises %s by what the first records look like', (_, magic, extra, format) => {
    const file = rawPcap({ magic }, [usual(0, extra), usual(1, extra), usual(2, extra), usual(3, extra)])
    const { records, metadata } = readCapture(file)
    expect(records.map((record) => record.time)).toEqual(
      [0, 1, 2, 3].map((second) => `${1_600_000_000 + second}.000005000`),
    )
    expect(metadata).toMatchObject({ format, end: { status: 'ok' } })
  })

  it.each([
    ['hardware', 0x1c0001ac, '1600000000.000000005'],
    ['software', 0x1c0001ab, '1600000000.000005000'],
  ])('passes over the longer file header of IXIA %s', (_, magic, time) => {
    const { records, metadata } = readCapture(rawPcap({ magic, extra: 4 }, [usual(0), usual(1)]))
    expect(records).toHaveLength(2)
    expect(records[0].time).toBe(time)
    expect(metadata?.end.status).toBe('ok')
  })

  it('reads AIX files in nanoseconds and with their own link types', () => {
    const { records, metadata } = readCapture(rawPcap({ minor: 2, network: 6 }, [usual(0)]))
    expect(records[0]).toMatchObject({ time: '1600000000.000000005', linkType: 1 })
    expect(metadata?.format).toBe('pcap (AIX)')
  })

  it.each([
    ['always before version 2.3', 2, [1500, 60], 101],
    ['where the captured one is larger in version 2.3', 3, [1500, 60], 1],
    ['never in version 2.3 where they are plausible', 3, [60, 1500], 1],
    ['never in version 2.4', 4, [60, 1500], 1],
  ])('takes the lengths for swapped %s', (_, minor, lengths, network) => {
    const { records } = readCapture(rawPcap({ minor, network }, [{ words: [1, 1, ...lengths], data: frame }]))
    expect(records[0]).toMatchObject({ wireLength: 1500 })
    expect(records[0].bytes).toHaveLength(120)
  })

  it('takes the length of a frame check sequence from the link type field', () => {
    const { records } = readCapture(rawPcap({ network: 0x2400_0001 }, [usual(0)]))
    expect(records[0]).toMatchObject({ linkType: 1, fcsLength: 4 })
  })

  it('reads raw IP under the number that systems use among themselves', () => {
    expect(readCapture(rawPcap({ network: 12 }, [usual(0)])).records[0].linkType).toBe(101)
  })

  it('stops as damaged at a packet beyond 262144 bytes', () => {
    const huge = { words: [1, 1, 262_145, 262_145], data: new Uint8Array(262_145) }
    const { records, metadata } = readCapture(rawPcap({}, [usual(0), usual(1), usual(2), huge]))
    expect(records).toHaveLength(3)
    expect(metadata?.end).toEqual({
      status: 'damaged',
      byteOffset: 24 + 3 * 76,
      lastFrame: 3,
      reason: 'packet 4 claims 262145 captured bytes, more than 262144',
    })
  })

  it('reads larger packets of link types that have them', () => {
    const huge = { words: [1, 1, 300_000, 300_000], data: new Uint8Array(300_000) }
    const { records, metadata } = readCapture(rawPcap({ network: 231 }, [huge]), [65_536])
    expect(records).toHaveLength(1)
    expect(metadata?.end.status).toBe('ok')
  })

  it('says where a file was cut short', () => {
    const { metadata } = readCapture(rawPcap({}, [usual(0), usual(1)]).subarray(0, 120))
    expect(metadata?.end).toMatchObject({ status: 'truncated', byteOffset: 100, lastFrame: 1 })
  })
})
