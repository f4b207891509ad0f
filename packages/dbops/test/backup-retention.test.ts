import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decideRetention,
  defaultRetention,
  type RetainedBackup,
  type RetentionPolicy,
} from '../src/backup/retention.ts'

const NOW = new Date('2026-11-22T12:00:00Z')
const DAY_MS = 86_400_000

function backup(daysAgo: number, more: Partial<RetainedBackup> = {}): RetainedBackup {
  const finishedAt = new Date(NOW.getTime() - daysAgo * DAY_MS).toISOString()
  return {
    id: `b${daysAgo}`,
    finishedAt,
    systemIdentifier: '1',
    database: 'd',
    isGood: true,
    verifiedLevel: 0,
    isPinned: false,
    storedBytes: 10,
    ...more,
  }
}

const kept = (backups: readonly RetainedBackup[], policy: RetentionPolicy) =>
  decideRetention(backups, policy, NOW)
    .filter(({ keeps }) => keeps)
    .map(({ id }) => id)

describe('T57 retention', () => {
  it('keeps three years of daily backups as the rules say', () => {
    const all = Array.from({ length: 1095 }, (_, days) => backup(days))
    const ids = kept(all, defaultRetention)
    expect(ids.slice(0, 7)).toEqual(['b0', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6'])
    expect(ids.length).toBeLessThan(30)
    expect(ids).toContain('b21') // the end of last month
  })

  it('orders by recorded time and cluster, so that an upgrade or odd names do not delete the newest', () => {
    const old = Array.from({ length: 5 }, (_, days) =>
      backup(days + 400, { id: `z${days}`, systemIdentifier: 'before' }),
    )
    const fresh = Array.from({ length: 5 }, (_, days) => backup(days, { id: `a${days}`, systemIdentifier: 'after' }))
    const policy = {
      ...defaultRetention,
      keepLast: 1,
      keepDaily: 1,
      keepWeekly: 1,
      keepMonthly: 1,
      keepYearly: 0,
      minCount: 1,
    }
    expect(kept([...old, ...fresh], policy)).toEqual(['z0', 'a0'])
  })

  it('never deletes the newest good, the newest verified, a pinned one, or below the minimum, whatever the clock and the rules', () => {
    const one = fc.record({
      daysAgo: fc.integer({ min: -30, max: 1500 }),
      isGood: fc.boolean(),
      verifiedLevel: fc.integer({ min: 0, max: 4 }),
      isPinned: fc.boolean(),
      systemIdentifier: fc.constantFrom('1', '2', null),
    })
    const count = fc.integer({ min: 0, max: 4 })
    const policies = fc.record({
      keepLast: count,
      keepDaily: count,
      keepWeekly: count,
      keepMonthly: count,
      keepYearly: count,
      minCount: fc.integer({ min: 0, max: 5 }),
      maxAgeDays: fc.option(fc.integer({ min: 1, max: 400 })),
      maxBytes: fc.option(fc.integer({ min: 1, max: 100 })),
    })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), policies, (parts, policy) => {
        const all = parts.map(({ daysAgo, ...more }, index) => backup(daysAgo, { ...more, id: `b${index}` }))
        const decisions = decideRetention(all, policy, NOW)
        const keeps = new Set(decisions.filter((decision) => decision.keeps).map(({ id }) => id))
        expect(decisions).toHaveLength(all.length)
        for (const group of Map.groupBy(all, ({ systemIdentifier }) => systemIdentifier).values()) {
          const good = group.filter(({ isGood }) => isGood).sort((a, b) => b.finishedAt.localeCompare(a.finishedAt))
          expect(good.filter(({ id }) => keeps.has(id)).length).toBeGreaterThanOrEqual(
            Math.min(good.length, Math.max(1, policy.minCount)),
          )
          const newest = (list: RetainedBackup[]) => list.filter(({ finishedAt }) => finishedAt === list[0]?.finishedAt)
          if (good.length > 0) expect(newest(good).some(({ id }) => keeps.has(id))).toBe(true)
          const verified = good.filter(({ verifiedLevel }) => verifiedLevel > 0)
          if (verified.length > 0) expect(newest(verified).some(({ id }) => keeps.has(id))).toBe(true)
        }
        for (const { id, isPinned } of all) if (isPinned) expect(keeps.has(id)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
