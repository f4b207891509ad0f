import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { first, largest } from '../../src/analyzers/support/bounded-map.ts'
import { ByConnection } from '../../src/analyzers/support/by-connection.ts'
import { withNumber } from '../../src/analyzers/support/short-list.ts'
import {
  addToBin,
  BIN_PACKETS,
  BIN_WIDTH,
  binsInOrder,
  extent,
  newTimeBins,
} from '../../src/analyzers/support/time-bins.ts'
import { leavesSite } from '../../src/detectors/support/address-scope.ts'

const index = fc.nat({ max: 40 })

describe('tables of analyzers', () => {
  it('ByConnection knows what a map would', () => {
    const step = fc.record({ at: index, value: fc.option(fc.nat(), { nil: null }) })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const map = new Map<number, number>()
        const known = new ByConnection<number>()
        for (const { at, value } of steps) {
          if (value === null) {
            expect(known.take(at)).toBe(map.get(at))
            map.delete(at)
          } else {
            known.set(at, value)
            map.set(at, value)
          }
          expect(known.size).toBe(map.size)
        }
        for (let at = 0; at <= 41; at++) expect(known.get(at)).toBe(map.get(at))
      }),
    )
  })

  it('a list grows by the number at its end, however long it is', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (numbers) => {
        expect(numbers.reduce<number[]>(withNumber, [])).toEqual(numbers)
      }),
    )
  })

  it('the first of an order are those of the sorted whole', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 })), fc.integer({ min: 1, max: 9 }), (ranks, most) => {
        const items = ranks.map((rank, at) => ({ rank, at }))
        const order = (a: (typeof items)[number], b: (typeof items)[number]) => a.rank - b.rank || a.at - b.at
        expect(first(items, most, order)).toEqual(items.toSorted(order).slice(0, most))
        const map = new Map(ranks.map((rank, at) => [`${at}`.padStart(4, '0'), rank]))
        const sorted = [...map].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        expect(largest(map, most, (rank) => rank)).toEqual(sorted.slice(0, most))
      }),
    )
  })

  it('bins drawn together hold the packets of all, in the order of time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 500 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 9 }),
        (indices, factor) => {
          const bins = newTimeBins(1)
          const traffic = new Float64Array(BIN_WIDTH)
          traffic[BIN_PACKETS] = 1
          for (const at of indices) addToBin(bins, at, traffic, 0)
          const wide = indices.map((at) => Math.floor(at / factor))
          const expected = [...Map.groupBy(wide, (at) => at)].sort(([a], [b]) => a - b)
          expect(binsInOrder(bins, factor).map((bin) => [bin.index, bin.packets])).toEqual(
            expected.map(([at, { length }]) => [at, length]),
          )
          expect(extent(bins)).toEqual([Math.min(...indices), Math.max(...indices)])
        },
      ),
    )
  })
})

describe('leaving a site', () => {
  it('IPv6 addresses are of one site when their first three groups are equal', () => {
    for (const [source, target, isOther] of [
      ['2001:db8:1:2::3', '2001:db8:1:9:8:7:6:5', false],
      ['2001:db8:1:2::3', '2001:db8:2:2::3', true],
      ['2001:db8::1', '2001:db8:0:7::1', false],
      ['2001:db8::1', '2001:db8:7::1', true],
      ['2a00::1', '2a00:0:0:1::2', false],
      ['2a00::1', '2a0::1', true],
      ['fd00::1', '2a00::1', true],
      ['192.0.2.1', '2a00::1', true],
    ] as const)
      expect(leavesSite(source, target), `${source} > ${target}`).toBe(isOther)
  })
})
