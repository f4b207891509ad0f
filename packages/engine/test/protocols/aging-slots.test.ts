import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AgingSlots } from '../../src/protocols/aging-slots.ts'

/** Few keys beside each other and far apart, so that they are met again and share cells. */
const key = fc.tuple(fc.constantFrom(0, 1, -1, 0x7fffffff, -0x80000000), fc.integer({ min: 0, max: 60 }))

/** The keys from the oldest to the newest. */
function inOrder(slots: AgingSlots, nameOf: readonly string[]): string[] {
  const names: string[] = []
  for (let slot = slots.oldest; slot >= 0; slot = slots.newerThan(slot)) names.push(nameOf[slot]!)
  return names
}

describe('AgingSlots', () => {
  it('finds and orders keys as a Map does, however they are added and removed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), key), { maxLength: 400 }), (steps) => {
        const slots = new AgingSlots(1000)
        const model = new Map<string, number>()
        const nameOf: string[] = []
        for (const [adds, [high, low]] of steps) {
          const name = `${high} ${low}`
          const known = slots.find(high, low)
          expect(known).toBe(model.get(name) ?? -1)
          if (known >= 0) {
            slots.remove(known)
            model.delete(name)
          }
          if (!adds) continue
          const slot = slots.add(high, low)
          expect([...model.values()]).not.toContain(slot)
          model.set(name, slot)
          nameOf[slot] = name
        }
        expect(inOrder(slots, nameOf)).toEqual([...model.keys()])
        for (const [name, slot] of model) {
          const [high, low] = name.split(' ').map(Number)
          expect(slots.find(high!, low!)).toBe(slot)
        }
      }),
    )
  })

  it('gives slots below its capacity when the oldest make room, far beyond where it began', () => {
    const capacity = 3000
    const slots = new AgingSlots(capacity)
    const lowOf: number[] = []
    for (let low = 0; low < 4 * capacity; low++) {
      if (slots.isFull) slots.remove(slots.oldest)
      const slot = slots.add(7, low)
      expect(slot).toBeLessThan(capacity)
      lowOf[slot] = low
    }
    expect(lowOf[slots.oldest]).toBe(3 * capacity)
    for (let low = 0; low < 4 * capacity; low++) expect(slots.find(7, low) >= 0).toBe(low >= 3 * capacity)
  })
})
