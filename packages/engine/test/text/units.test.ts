import { describe, expect, it } from 'vitest'
import { durationText } from '../../src/text/units.ts'

describe('durationText', () => {
  it.each([
    [0, '0 ns'],
    [999, '999 ns'],
    [812_400, '812 µs'],
    [38.44e6, '38.4 ms'],
    [999.4e6, '999 ms'],
    [999.6e6, '1.00 s'],
    [99.96e9, '100 s'],
    [119.4e9, '119 s'],
    [120e9, '2 min'],
    [200e9, '3 min 20 s'],
    [7199.4e9, '119 min 59 s'],
    [7500e9, '2 h 5 min'],
    [358_000e9, '4 d 3 h'],
    [-1.25e9, '-1.25 s'],
  ])('%d ns is told as %s', (ns, text) => {
    expect(durationText(ns)).toBe(text)
  })
})
