import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ipv4Text, ipv6HexText, ipv6Text, macText } from '../../src/text/addresses.ts'

const bytes = (length: number) =>
  fc.array(fc.oneof(fc.constantFrom(0, 0, 1, 0xff), fc.integer({ min: 0, max: 255 })), {
    minLength: length,
    maxLength: length,
  })

const wordsOf = (octets: readonly number[]) => {
  const view = new DataView(Uint8Array.from(octets).buffer)
  return Int32Array.from({ length: octets.length / 4 }, (_, i) => view.getInt32(4 * i))
}

const hex = (octets: readonly number[]) => octets.map((octet) => octet.toString(16).padStart(2, '0'))

describe('texts of addresses', () => {
  it('writes IPv4 addresses in dotted decimal', () => {
    fc.assert(
      fc.property(bytes(4), (octets) => {
        expect(ipv4Text(wordsOf(octets)[0]!)).toBe(octets.join('.'))
      }),
    )
  })

  it('writes IPv6 addresses as the URL standard does, which follows RFC 5952', () => {
    fc.assert(
      fc.property(bytes(16), (octets) => {
        const groups = hex(octets).join('').match(/..../g)!
        expect(`[${ipv6HexText(wordsOf(octets), 0)}]`).toBe(new URL(`http://[${groups.join(':')}]/`).hostname)
      }),
    )
  })

  it('writes the last part of IPv4-mapped addresses in dotted decimal', () => {
    const mapped = wordsOf([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1])
    expect(ipv6Text(mapped, 0)).toBe('::ffff:192.0.2.1')
    expect(ipv6HexText(mapped, 0)).toBe('::ffff:c000:201')
  })

  it('writes hardware addresses in pairs of digits', () => {
    fc.assert(
      fc.property(bytes(6), (octets) => {
        expect(macText(Uint8Array.from(octets), 0)).toBe(hex(octets).join(':'))
      }),
    )
  })
})
