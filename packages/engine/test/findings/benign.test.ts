import { describe, expect, it } from 'vitest'
import { exceptions, isBenign } from './benign.ts'
import { corpusPath, manifest } from './captures.ts'
import { findingsOf } from './proofs.ts'

const benign = manifest().filter(isBenign)

describe('captures that their manifest calls harmless', () => {
  it.each(benign.map(({ file }) => file))(
    '%s: nothing of medium severity or above but what is listed',
    async (file) => {
      const findings = await findingsOf(corpusPath(file))
      const severe = findings.filter(({ severity }) => severity !== 'info' && severity !== 'low')
      expect(severe.map(({ kind }) => kind).sort()).toEqual(exceptions[file]?.kinds ?? [])
    },
  )

  it.skipIf(benign.length === 0)('are a third of all, and exceptions are among them', () => {
    expect(benign.length).toBeGreaterThan(manifest().length / 3)
    const files = new Set(benign.map(({ file }) => file))
    expect(Object.keys(exceptions).filter((file) => !files.has(file))).toEqual([])
  })
})
