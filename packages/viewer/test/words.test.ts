import { analyzeFile } from '@pcap-analyzer/engine/node'
import { describe, expect, it } from 'vitest'
import { samples } from '../../report/test/support/captures.ts'
import { frenchNumber } from '../src/context.ts'
import { english } from '../src/language/en.ts'
import { french } from '../src/language/fr.ts'
import { sectionWord } from '../src/language/section-words.ts'

describe('the words of the viewer', () => {
  it('say in French whatever they say in English', () => {
    const shape = (value: unknown): unknown =>
      typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shape(one)]))
        : typeof value
    expect(shape(french)).toEqual(shape(english))
  })

  it('show labels in the other language than the report was written in', async () => {
    const [french, english] = await Promise.all(
      (['fr', 'en'] as const).map(async (language) => (await analyzeFile(samples[0], { language })).sections),
    )
    for (const [i, { title, facts }] of french.entries()) {
      expect(sectionWord('en', title)).toBe(english[i].title)
      expect(sectionWord('fr', english[i].title)).toBe(title)
      for (const [n, { label }] of facts.entries()) expect(sectionWord('fr', english[i].facts[n].label)).toBe(label)
    }
  })

  it.each([
    ['1,234.5 ms', '1\u202f234,5 ms'],
    ['12.3 %', '12,3 %'],
    ['1,000,000', '1\u202f000\u202f000'],
    ['7', '7'],
  ])('write %s as %s in French', (text, expected) => expect(frenchNumber(text)).toBe(expected))
})
