import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { displayWidth } from '../src/terminal/display-width.ts'
import { safeText } from '../src/terminal/safe-text.ts'
import { textTable } from '../src/terminal/text-table.ts'
import { bytesText, countText, decimalText, durationText, timeText, valueText } from '../src/terminal/units.ts'
import { labelled, wrap } from '../src/terminal/wrap.ts'
import { unsafeCharacters } from './support/unsafe-characters.ts'

describe('safeText', () => {
  test.each([
    ['escape sequences', '\u001b[2J', '\\x1b[2J'],
    ['C1 controls', '\u009b31m', '\\x9b31m'],
    ['line breaks and tabs', 'a\r\n\tb', 'a\\r\\n\\tb'],
    ['reversed writing', '\u202egpj.exe', '\\u{202e}gpj.exe'],
    ['isolates', '\u2066a\u2069', '\\u{2066}a\\u{2069}'],
    ['characters without width', 'pay\u200bpal', 'pay\\u{200b}pal'],
    ['line separators', 'a\u2028b', 'a\\u{2028}b'],
    ['tags', '\u{e0041}', '\\u{e0041}'],
    ['lone surrogates', 'a\ud800b', 'a\\u{d800}b'],
    ['NUL and DEL', '\u0000\u007f', '\\x00\\x7f'],
  ])('shows %s', (_, text, shown) => {
    expect(safeText(text)).toBe(shown)
  })

  test('leaves ordinary text of any language', () => {
    for (const text of ['GET /index.html', 'Zürich', '東京', 'مرحبا', '🙂', '']) expect(safeText(text)).toBe(text)
  })

  test('cuts long text and says how much is missing', () => {
    expect(safeText('x'.repeat(300), 10)).toBe('xxxxxxxxxx… (290 more characters)')
    expect(safeText('🙂'.repeat(12), 10)).toBe(`${'🙂'.repeat(10)}… (2 more characters)`)
  })

  test('lets nothing through that a terminal obeys, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect(safeText(text)).not.toMatch(unsafeCharacters)
        expect(safeText(text)).not.toContain('\n')
      }),
    )
  })
})

describe('displayWidth', () => {
  test('counts columns, not characters', () => {
    expect(displayWidth('abc')).toBe(3)
    expect(displayWidth('東京')).toBe(4)
    expect(displayWidth('e\u0301')).toBe(1)
    expect(displayWidth('\u001b[31mred\u001b[39m')).toBe(3)
  })
})

describe('wrap', () => {
  test('breaks at spaces and keeps every word', () => {
    const text = 'one two three four five six seven'
    const lines = wrap(text, 10)
    expect(lines.every((line) => line.length <= 10)).toBe(true)
    expect(lines.join(' ')).toBe(text)
  })

  test('puts the following lines below the text', () => {
    expect(labelled('Name', 'aaa bbb ccc ddd eee fff', 6, 26)).toBe('Name  aaa bbb ccc ddd eee\n      fff')
  })
})

describe('textTable', () => {
  test('aligns, and cuts texts but never numbers when there is no room', () => {
    const header = [
      { label: 'name', alignment: 'left' as const },
      { label: 'count', alignment: 'right' as const },
    ]
    const lines = textTable(
      header,
      [
        ['a very long name of a host', '1,000,000'],
        ['b', '1'],
      ],
      30,
    )
    expect(lines).toEqual([
      'name                     count',
      'a very long name o…  1,000,000',
      'b                            1',
    ])
  })
})

describe('units', () => {
  test('are written out', () => {
    expect(countText(1234567)).toBe('1,234,567')
    expect(bytesText(1)).toBe('1 byte')
    expect(bytesText(1536)).toBe('1.50 KiB')
    expect(durationText(812_000)).toBe('812 µs')
    expect(durationText(38_400_000)).toBe('38.4 ms')
    expect(durationText(61_000_000_000)).toBe('61.0 s')
    expect(durationText(3_725_000_000_000)).toBe('62 min 5 s')
    expect(decimalText(12_345_678, 'bit/s')).toBe('12.3 Mbit/s')
    expect(valueText(0.5, 'ratio')).toBe('50.0 %')
    expect(valueText(null, 'ns')).toBe('-')
    expect(valueText(8080, 'port')).toBe('8080')
  })

  test('tell times in UTC with the decimals they have', () => {
    expect(timeText('1700000000.000000000')).toBe('2023-11-14 22:13:20 UTC')
    expect(timeText('1700000000.123456000')).toBe('2023-11-14 22:13:20.123456 UTC')
    expect(timeText('1700000000.000000001')).toBe('2023-11-14 22:13:20.000000001 UTC')
    expect(timeText('-0.500000000')).toBe('1969-12-31 23:59:59.500 UTC')
    expect(timeText('18446744073709.000000000')).toBe('18446744073709.000000000 s since 1970')
  })
})
