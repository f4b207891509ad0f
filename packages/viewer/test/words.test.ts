import { analyzeFile } from '@pcap-analyzer/engine/node'
import { describe, expect, it } from 'vitest'
import { samples } from '../../report/test/support/captures.ts'
import { frenchNumber } from '../src/context.ts'
import { english } from '../src/language/en.ts'
import { french } from '../src/language/fr.ts'
import { findSectionWord } from '../src/language/section-words.ts'

describe('the words of the viewer', () => {
  it('say in French whatever they say in English', () => {
    const shape = (value: unknown): unknown =>
      typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shape(one)]))
        : typeof value
    expect(shape(french)).toEqual(shape(english))
  })

  it('know every label that a section has', async () => {
    const labels = new Set<string>()
    for (const path of samples) {
      for (const { title, facts, tables } of (await analyzeFile(path)).sections) {
        const own = [
          title,
          ...facts.map(({ label }) => label),
          ...tables.flatMap((table) => [table.title, ...table.columns.map(({ label }) => label)]),
        ]
        for (const label of own) labels.add(label)
      }
    }
    expect(labels.size).toBeGreaterThan(300)
    expect([...labels].filter((label) => findSectionWord(label) === undefined)).toEqual([])
  })

  it.each([
    ['1,234.5 ms', '1\u202f234,5 ms'],
    ['12.3 %', '12,3 %'],
    ['1,000,000', '1\u202f000\u202f000'],
    ['7', '7'],
  ])('write %s as %s in French', (text, expected) => expect(frenchNumber(text)).toBe(expected))
})
