import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newParts, parts } from '../../src/analyzers/latency/parts.ts'
import { timeSentence } from '../../src/analyzers/latency/time-sentence.ts'
import { englishValue, valueIn } from '../../src/narrative/labels.ts'

const timesOf = (times: Partial<Record<(typeof parts)[number], number>>) => parts.map((part) => times[part] ?? 0)

describe('timeSentence', () => {
  it('names whose time it was, with the numbers, in both languages', () => {
    const english = timeSentence(timesOf({ server: 744e6, path: 456e6, clientThink: 9e9 }), 5) ?? ''
    expect(english).toBe(
      'It was the server: of the 1.20 s waited in 5 transactions the server took 744 ms (62.0 %), the network 456 ms (38.0 %).',
    )
    expect(valueIn('fr', english)).toBe(
      'C’était le serveur : sur 1,20 s d’attente en 5 transactions, le serveur a pris 744 ms (62,0 %), le réseau 456 ms (38,0 %).',
    )
  })

  it('names nobody where no side took half of it, and says nothing where nobody waited', () => {
    expect(timeSentence(timesOf({ server: 4e6, path: 3e6, zeroWindow: 3e6 }), 1)).toMatch(/^It was no side alone: /)
    expect(timeSentence(timesOf({ clientThink: 5e9 }), 1)).toBeNull()
    expect(timeSentence(newParts(), 0)).toBeNull()
  })

  it('is translated whole, there and back, whatever the times', () => {
    const time = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 0, max: 1e15 }))
    const all = fc.array(time, { minLength: parts.length, maxLength: parts.length })
    fc.assert(
      fc.property(all, fc.integer({ min: 1, max: 1e6 }), (times, transactions) => {
        const english = timeSentence(times, transactions)
        if (english === null) return
        const french = valueIn('fr', english)
        expect(french).toMatch(/^C’était (le|aucun)/)
        expect(french).not.toMatch(/\bthe\b|\btook\b|\d\.\d/)
        expect(englishValue(french)).toBe(english)
      }),
    )
  })
})
