import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { analyze } from '../../src/analyze.ts'
import { EngineError } from '../../src/errors.ts'
import type { Finding } from '../../src/finding.ts'
import { english } from '../../src/narrative/en/index.ts'
import { french } from '../../src/narrative/fr/index.ts'
import type { Language, Words } from '../../src/narrative/words.ts'
import type { Report } from '../../src/report.ts'
import { capturePaths } from '../corpus.ts'

const kinds = Object.keys(english)

/** What must be the same in every language: which hypotheses, how many explanations. */
function shapeOf(words: Words | undefined) {
  return {
    hypotheses: Object.keys(words?.hypotheses ?? {}).sort(),
    innocentExplanations: words?.innocentExplanations?.length ?? 0,
    confirmOrRefute: words?.confirmOrRefute?.length ?? 0,
  }
}

/** Every text that the narrative made. */
function textsOf(finding: Finding): string[] {
  const { summary, nextStep, hypotheses, limitedBy, innocentExplanations, confirmOrRefute } = finding
  const because = hypotheses.flatMap((hypothesis) => [hypothesis.statement, hypothesis.because])
  return [summary, nextStep, ...because, ...limitedBy, ...innocentExplanations, ...confirmOrRefute]
}

/** A finding without its words. */
function judgmentOf(finding: Finding) {
  const { kind, key, severity, confidence, costNs, evidence, displayFilter, hypotheses } = finding
  return {
    kind,
    key,
    severity,
    confidence,
    costNs,
    evidence,
    displayFilter,
    accepted: hypotheses.map((h) => h.accepted),
  }
}

/** Every text about the capture and its health. */
function otherTextsOf({ quality, health, notSeen }: Report): string[] {
  return [
    quality.verdict,
    ...quality.checks.map(({ text }) => text),
    ...quality.advice.flatMap(({ text, commands }) => [text, ...commands]),
    ...quality.withheld.flatMap(({ because }) => because),
    health.text,
    health.security.text,
    ...health.parts.map(({ text }) => text),
    ...notSeen.map(({ text }) => text),
  ]
}

/** Null when the file is no capture. */
async function reportOf(path: string, language: Language): Promise<Report | null> {
  try {
    return await analyze([readFileSync(path)], { language })
  } catch (error) {
    if (error instanceof EngineError) return null
    throw error
  }
}

describe('the catalogues', () => {
  it('have the same kinds in every language', () => {
    expect(Object.keys(french).sort()).toEqual(kinds.toSorted())
  })

  it.each(kinds)('tell %s with the same hypotheses and explanations in every language', (kind) => {
    expect(shapeOf(french[kind])).toEqual(shapeOf(english[kind]))
  })
})

describe('narrate', () => {
  it.each(capturePaths(2_000_000).map((path) => [basename(path), path] as const))(
    'finds words in every language for all that is concluded of %s',
    async (_, path) => {
      const told = { en: await reportOf(path, 'en'), fr: await reportOf(path, 'fr') }
      if (told.en === null || told.fr === null) return
      for (const report of [told.en, told.fr]) {
        const texts = [...report.findings.flatMap(textsOf), ...otherTextsOf(report)]
        for (const text of texts) expect(text).not.toMatch(/undefined|NaN|null|\[object|^$/)
      }
      expect(told.fr.findings.map(judgmentOf)).toEqual(told.en.findings.map(judgmentOf))
      for (const [i, { summary }] of told.en.findings.entries()) expect(told.fr.findings[i].summary).not.toBe(summary)
    },
  )
})
