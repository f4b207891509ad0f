import { constants, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteWindow } from '../../src/capture/byte-window.ts'
import { INFLATE_PADDING, Inflater } from '../../src/capture/inflate.ts'

/** Inflates in chunks of one size, with `behind` after the stream; tells what is left of the input. */
function inflate(deflated: Uint8Array, size: number, behind = new Uint8Array(0)) {
  const window = new ByteWindow(16)
  const parts: Uint8Array[] = []
  const inflater = new Inflater((bytes) => parts.push(bytes.slice()))
  const input = Buffer.concat([deflated, behind])
  let result = 'more'
  for (let at = 0; at < input.length && result === 'more'; at += size) {
    window.append(input.subarray(at, at + size))
    result = inflater.run(window, window.end, false)
  }
  window.reserve(INFLATE_PADDING)
  window.bytes.fill(0, window.end, window.end + INFLATE_PADDING)
  result = inflater.run(window, window.end, true)
  const largestPart = Math.max(0, ...parts.map((part) => part.length))
  return { result, plain: Buffer.concat(parts), left: window.available, largestPart }
}

const level = fc.integer({ min: 0, max: 9 })
const strategy = fc.constantFrom(
  constants.Z_DEFAULT_STRATEGY,
  constants.Z_FILTERED,
  constants.Z_HUFFMAN_ONLY,
  constants.Z_RLE,
  constants.Z_FIXED,
)
/** Runs of bytes that repeat at many distances: what deflate makes matches of. */
const text = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 2000 })), { maxLength: 12 })
  .map((runs) => Buffer.concat(runs.map(([bytes, times]) => Buffer.alloc(bytes.length * times, bytes))))

describe('Inflater', () => {
  it('inverts zlib at every level and strategy, in chunks of any size', () => {
    fc.assert(
      fc.property(text, level, strategy, fc.integer({ min: 1, max: 5000 }), (plain, level, strategy, size) => {
        const found = inflate(deflateRawSync(plain, { level, strategy }), size)
        expect(found.result).toBe('done')
        expect(found.left).toBe(0)
        expect(Buffer.compare(found.plain, plain)).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  it('leaves what is behind the stream in the window', () => {
    const deflated = deflateRawSync(Buffer.from('a short text'))
    for (let length = 0; length < 40; length++) {
      const behind = new Uint8Array(length).fill(0xff)
      expect(inflate(deflated, 1000, behind)).toMatchObject({ result: 'done', left: length })
    }
  })

  it('yields everything before a cut and says that the rest is missing', () => {
    const plain = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * i) % 251))
    const deflated = deflateRawSync(plain)
    let longest = 0
    for (let length = 0; length < deflated.length; length++) {
      const found = inflate(deflated.subarray(0, length), 100)
      expect(found.result).toBe('early')
      expect(Buffer.compare(found.plain, plain.subarray(0, found.plain.length))).toBe(0)
      expect(found.plain.length).toBeGreaterThanOrEqual(longest)
      longest = found.plain.length
    }
    expect(longest).toBeGreaterThanOrEqual(plain.length - 258)
  })

  it('comes to an end with any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 700 }), (bytes, size) => {
        const found = inflate(bytes, size)
        expect(['done', 'early', 'damaged']).toContain(found.result)
        expect(found.plain.length).toBeLessThanOrEqual(1032 * (bytes.length + INFLATE_PADDING))
      }),
      { numRuns: 1000 },
    )
  })

  it('yields no more than its buffer at a time', () => {
    expect(inflate(deflateRawSync(Buffer.alloc(10 << 20)), 1 << 20).largestPart).toBeLessThanOrEqual(160 << 10)
  })
})
