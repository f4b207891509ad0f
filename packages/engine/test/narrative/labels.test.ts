import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { type AnalyzeOptions, analyze } from '../../src/analyze.ts'
import { EngineError } from '../../src/errors.ts'
import { english } from '../../src/narrative/en/index.ts'
import { french } from '../../src/narrative/fr/index.ts'
import { frenchLabels } from '../../src/narrative/fr/labels/index.ts'
import { valueLabels } from '../../src/narrative/fr/labels/values.ts'
import { labelIn, valueIn, wordValues } from '../../src/narrative/labels.ts'
import type { Words } from '../../src/narrative/words.ts'
import type { Report } from '../../src/report.ts'
import { buildPcap } from '../../src/testing/index.ts'
import { capturePaths } from '../corpus.ts'

/** Words that are the same in both languages. */
const sameWords = new Set([
  'ALPN',
  'Code',
  'Client',
  'DNS',
  'Destination',
  'Fragments',
  'HTTP',
  'ICMP',
  'JA4, JA3',
  'Messages',
  'Phase',
  'Port',
  'SSRC',
  'Segments',
  'Service',
  'Services',
  'Silences',
  'Transactions',
  'Transport',
  'Type',
  'Version',
  'Retransmissions (tshark)',
  'client',
])

/** Texts of a catalogue that no number changes. */
function fixedTexts(words: Words): string[] {
  const { nextStep, hypotheses = {}, innocentExplanations = [], confirmOrRefute = [] } = words
  const statements = Object.values(hypotheses).map(({ statement }) => statement)
  return [
    ...(typeof nextStep === 'string' ? [nextStep] : []),
    ...statements,
    ...innocentExplanations,
    ...confirmOrRefute,
  ]
}

/** Labels and titles of a report, and its values that are words, `section.table.column` first. */
function wordsOf({ sections }: Report) {
  const labels: string[] = []
  const values: [string, string][] = []
  for (const { id, title, facts, tables } of sections) {
    labels.push(title)
    for (const { key, label, value } of facts) {
      labels.push(label)
      if (typeof value === 'string') values.push([`${id}.${key}`, value])
    }
    for (const { key, title: tableTitle, columns, rows } of tables) {
      labels.push(tableTitle, ...columns.map(({ label }) => label))
      for (const row of rows) {
        for (const [i, value] of row.entries())
          if (typeof value === 'string') values.push([`${id}.${key}.${columns[i].key}`, value])
      }
    }
  }
  return { labels, values: values.filter(([place]) => wordValues.has(place)).map(([, value]) => value) }
}

describe('the words of sections', () => {
  const labels = new Set<string>()
  const values = new Set<string>()

  beforeAll(async () => {
    const captures = [buildPcap([]), ...capturePaths(2_000_000).map((path) => readFileSync(path))]
    const runs: [Uint8Array, AnalyzeOptions][] = captures.map((bytes) => [bytes, {}])
    for (const [bytes, options] of [...runs, [captures[0], { latencySeconds: 1 }] as (typeof runs)[0]]) {
      try {
        const words = wordsOf(await analyze([bytes], options))
        for (const label of words.labels) labels.add(label)
        for (const value of words.values) values.add(value)
      } catch (error) {
        if (!(error instanceof EngineError)) throw error
      }
    }
  }, 120_000)

  it('all have a label in French, and no label is left over', () => {
    expect([...labels].filter((label) => frenchLabels[label] === undefined)).toEqual([])
    expect(Object.keys(frenchLabels).filter((label) => !labels.has(label))).toEqual([])
  })

  it('are other words in French but for those that are the same', () => {
    const all = [...labels].filter((label) => labelIn('fr', label) === label)
    expect(all.filter((label) => !sameWords.has(label))).toEqual([])
    expect(Object.keys(valueLabels).filter((value) => valueIn('fr', value) === value && !sameWords.has(value))).toEqual(
      [],
    )
  })

  it('hold no English value in French but names of services', () => {
    const left = [...values].filter((value) => valueIn('fr', value) === value && !sameWords.has(value))
    expect(
      left.filter((value) => /^(looks|lost|open|half|transfer|sender|nothing|[a-z]+ unreachable)/.test(value)),
    ).toEqual([])
  })
})

describe('the catalogues of findings', () => {
  it('share no sentence', () => {
    for (const [kind, words] of Object.entries(english)) {
      const told = new Set(fixedTexts(words))
      expect(fixedTexts(french[kind]).filter((text) => told.has(text))).toEqual([])
    }
  })
})
