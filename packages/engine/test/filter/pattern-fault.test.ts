import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { patternFault } from '../../src/filter/pattern-fault.ts'

function isTaken(pattern: string): boolean {
  try {
    new RegExp(pattern, 'is')
    return true
  } catch {
    return false
  }
}

describe('what is wrong with a regular expression', () => {
  it.each([
    ['(a|b', 'openGroup', 0, '('],
    ['a)', 'extraBracket', 1, ')'],
    ['(?x)', 'unknownGroup', 0, '(?x'],
    ['^[a-z', 'openClass', 1, '['],
    ['[a9-0]', 'classOrder', 2, '9-0'],
    ['*.com', 'nothingToRepeat', 0, '*'],
    ['a|+', 'nothingToRepeat', 2, '+'],
    ['a{2}{3}', 'nothingToRepeat', 4, '{3}'],
    ['a{3,2}', 'countOrder', 1, '{3,2}'],
    ['www\\', 'lastBackslash', 3, '\\'],
  ] as const)('%s: %s', (pattern, cause, at, piece) => {
    expect(isTaken(pattern)).toBe(false)
    expect(patternFault(pattern)).toEqual({ cause, at, piece })
  })

  it('is found exactly where JavaScript refuses one', () => {
    const piece = fc.constantFrom(
      ...'ab109()[]{}|*+?^$.,-\\',
      '\\b',
      '\\d',
      '\\x41',
      '\\u0041',
      '(?:',
      '(?=',
      '(?!',
      '(?<=',
      '{2}',
      '{3,2}',
      '{1,}',
      '[^',
      '\\cA',
      '\\12',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const pattern = pieces.join('')
        expect(patternFault(pattern) === null, pattern).toBe(isTaken(pattern))
      }),
      { numRuns: 20_000, seed: 1 },
    )
  })
})
