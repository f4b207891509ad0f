import { describe, expect, it } from 'vitest'
import { detectors } from '../../src/detectors/index.ts'
import { firings } from './firings.ts'

describe.each(detectors)('the detector $id', ({ attack, lookAlikes, settings }) => {
  it('names its techniques, what looks alike, and thresholds to move', () => {
    expect(attack.length).toBeGreaterThan(0)
    for (const id of attack) expect(id).toMatch(/^T\d{4}(\.\d{3})?$/)
    expect(lookAlikes.length).toBeGreaterThan(0)
    expect(Object.keys(settings ?? {}).length).toBeGreaterThan(0)
  })
})

describe('firings', () => {
  it('each have a reason', () => {
    for (const { kinds, why } of Object.values(firings)) {
      expect(kinds.length).toBeGreaterThan(0)
      expect(why).not.toBe('')
    }
  })
})
