import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { analyze } from '../../src/analyze.ts'
import { EngineError } from '../../src/errors.ts'
import { frenchLabels } from '../../src/narrative/fr/labels/index.ts'
import { valueLabels } from '../../src/narrative/fr/labels/values.ts'
import { type Language, languages } from '../../src/narrative/words.ts'
import type { Report } from '../../src/report.ts'
import { retellReport } from '../../src/retell-report.ts'
import { capturePaths } from '../corpus.ts'

/** As it is read back; null when the file is no capture. */
async function reportOf(path: string, language: Language): Promise<Report | null> {
  try {
    return JSON.parse(JSON.stringify(await analyze([readFileSync(path)], { language })))
  } catch (error) {
    if (error instanceof EngineError) return null
    throw error
  }
}

describe('retellReport', () => {
  it.each(capturePaths(1_000_000).map((path) => [basename(path), path] as const))(
    'tells %s as the analysis does in that language, from any language',
    async (_, path) => {
      for (const from of languages) {
        const written = await reportOf(path, from)
        if (written === null) return
        for (const to of languages) expect(retellReport(written, to)).toEqual(await reportOf(path, to))
      }
    },
  )

  it('finds the way back of every label and word', () => {
    for (const labels of [frenchLabels, valueLabels])
      expect(new Set(Object.values(labels)).size).toBe(Object.keys(labels).length)
  })

  it('does not tell what it has no words for', async () => {
    const report = await analyze([readFileSync(capturePaths(1_000_000)[0])])
    const [finding] = report.findings
    expect(() => retellReport({ ...report, findings: [{ ...finding, kind: 'unheard-of' }] }, 'fr')).toThrow(
      /unheard-of/,
    )
  })
})
