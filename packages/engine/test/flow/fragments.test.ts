import { describe, expect, it } from 'vitest'
import { FragmentTable } from '../../src/flow/fragments.ts'

/** Adds fragments given as [offset, text, hasMore] to one datagram and returns what they become. */
function assemble(...fragments: readonly (readonly [number, string, boolean])[]): (string | null)[] {
  const table = new FragmentTable(1 << 20)
  return fragments.map(([offset, text, hasMore]) => {
    const bytes = new TextEncoder().encode(`..${text}..`)
    const whole = table.add('key', offset, hasMore, bytes, 2, bytes.length - 2)
    return whole === null ? null : new TextDecoder().decode(whole)
  })
}

describe('FragmentTable', () => {
  it('completes a datagram in any order and then forgets it', () => {
    expect(assemble([8, 'ijkl', false], [0, 'abcdefgh', true], [0, 'abcdefgh', true])).toEqual([
      null,
      'abcdefghijkl',
      null,
    ])
  })

  it('keeps the bytes of the fragment with the smaller offset where two overlap', () => {
    expect(assemble([8, 'YYYYzzzz', false], [0, 'abcdefghijkl', true])[1]).toBe('abcdefghijklzzzz')
    expect(assemble([0, 'abcdefghijkl', true], [8, 'YYYYzzzz', false])[1]).toBe('abcdefghijklzzzz')
  })

  it('keeps the bytes that came first where two have the same offset', () => {
    expect(assemble([0, 'abcd', true], [0, 'XXXXefgh', true], [8, 'ij', false])[2]).toBe('abcdefghij')
  })

  it('believes the first of two last fragments', () => {
    expect(assemble([16, 'yz', false], [8, 'z', false], [0, 'abcdefgh', true])[2]).toBe(null)
  })

  it('gives up the oldest datagram when too many bytes wait, and counts it', () => {
    const table = new FragmentTable(20)
    const bytes = new Uint8Array(16)
    table.add('a', 0, true, bytes, 0, 16)
    table.add('b', 0, true, bytes, 0, 16)
    expect(table.dropped).toBe(1)
    expect(table.add('b', 16, false, bytes, 0, 4)?.length).toBe(20)
  })

  it('holds a repeated fragment once', () => {
    const table = new FragmentTable(20)
    const bytes = new Uint8Array(16)
    for (let i = 0; i < 10; i++) table.add('a', 0, true, bytes, 0, 16)
    expect(table.dropped).toBe(0)
  })
})
