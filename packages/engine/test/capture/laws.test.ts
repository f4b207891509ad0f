import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writePcap } from '../../src/capture/write-pcap.ts'
import {
  pcapngBlock,
  pcapngInterface,
  pcapngPacket,
  pcapngSection,
  writePcapng,
} from '../../src/capture/write-pcapng.ts'
import { readCapture } from './read-capture.ts'

const record = fc.record({
  seconds: fc.integer({ min: 0, max: 0xffff_ffff }),
  nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
  bytes: fc.uint8Array({ maxLength: 120 }),
  extraLength: fc.nat(2000),
})
const records = fc
  .array(record, { maxLength: 12 })
  .map((all) => all.map(({ extraLength, ...each }) => ({ ...each, wireLength: each.bytes.length + extraLength })))
const byteOrder = fc.constantFrom('little' as const, 'big' as const)

type Written = { seconds: number; nanoseconds: number; bytes: Uint8Array; wireLength: number }

function expected(written: readonly Written[], linkType: number) {
  return written.map(({ seconds, nanoseconds, bytes, wireLength }, i) => ({
    number: i + 1,
    time: `${seconds}.${String(nanoseconds).padStart(9, '0')}`,
    linkType,
    interfaceIndex: 0,
    fcsLength: 0,
    wireLength,
    bytes: Buffer.from(bytes).toString('hex'),
  }))
}

describe('writing and reading', () => {
  it('gives back every record of a pcap', () => {
    fc.assert(
      fc.property(records, byteOrder, (written, order) => {
        const { records: read, metadata } = readCapture(writePcap(written, { byteOrder: order, linkType: 113 }))
        expect(read).toEqual(expected(written, 113))
        expect(metadata?.end.status).toBe('ok')
      }),
    )
  })

  it('gives back every record of a pcapng', () => {
    fc.assert(
      fc.property(records, byteOrder, (written, order) => {
        const file = writePcapng(written, { byteOrder: order, interfaces: [{ linkType: 113 }] })
        const { records: read, metadata } = readCapture(file)
        expect(read).toEqual(expected(written, 113))
        expect(metadata?.end.status).toBe('ok')
      }),
    )
  })
})

const frames = [40, 0, 77, 60, 1].map((length, i) => ({
  seconds: 1_700_000_000 + i,
  nanoseconds: i * 1000,
  bytes: new Uint8Array(length).fill(i),
  comment: `comment ${i}`,
}))
const mixed = Buffer.concat([
  pcapngSection({ comment: 'all kinds of blocks' }),
  pcapngInterface({ name: 'eth0' }),
  ...frames.map((each) => pcapngPacket(each)),
  pcapngBlock(0x0bad, [new Uint8Array(300)]),
  pcapngSection({ byteOrder: 'big' }),
  pcapngInterface({ linkType: 101 }, false),
  ...frames.map((each) => pcapngPacket(each, false)),
])
const examples: [string, Uint8Array][] = [
  ['pcap', writePcap(frames)],
  ['pcap in microseconds', writePcap(frames, { resolution: 'microseconds', byteOrder: 'big' })],
  ['pcapng', mixed],
]

describe.each(examples)('a %s', (_, file) => {
  const whole = readCapture(file)

  it('gives the same records in chunks of any size', () => {
    expect(whole.records.length).toBeGreaterThanOrEqual(5)
    for (let size = 1; size <= file.length; size++) expect(readCapture(file, [size])).toEqual(whole)
  })

  it('gives the same records in any mixture of chunks', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(sizes, (chunks) => {
        expect(readCapture(file, chunks)).toEqual(whole)
      }),
    )
  })

  it('gives every complete record when it is cut anywhere', () => {
    let before = 0
    for (let length = 0; length <= file.length; length++) {
      const { records: read, error, metadata } = readCapture(file.subarray(0, length))
      expect(read).toEqual(whole.records.slice(0, read.length))
      expect(read.length).toBeGreaterThanOrEqual(before)
      before = read.length
      if (error === null) expect(metadata?.end.byteOffset).toBeLessThanOrEqual(length)
      else expect(['EMPTY_INPUT', 'NOT_A_CAPTURE', 'DAMAGED_HEADER']).toContain(error.code)
    }
    expect(before).toBe(whole.records.length)
  })

  it('never throws anything but an EngineError when bytes are overwritten', () => {
    const damage = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(damage, fc.integer({ min: 1, max: 500 }), (changes, size) => {
        const damaged = Uint8Array.from(file)
        for (const [at, value] of changes) damaged[at] = value
        expect(readCapture(damaged, [size])).toEqual(readCapture(damaged))
      }),
      { numRuns: 1000 },
    )
  })
})
