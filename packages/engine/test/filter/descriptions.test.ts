import { describe, expect, it } from 'vitest'
import { fr } from '../../src/filter/descriptions/fr.ts'
import { describeField, filterFields } from '../../src/filter/index.ts'

const ENGLISH = /\b(?:the|of|is|it|and|or|since|number|frames?|bytes|hold|source and|request|without|its?)\b/

describe('what a field is', () => {
  it.each(filterFields.map((field) => [field.name, field] as const))('is told in French too: %s', (_, field) => {
    const [english, french] = [describeField(field, 'en'), describeField(field, 'fr')]
    expect(english).toBe(field.description)
    expect(french).not.toBe(english)
    expect(french).not.toMatch(ENGLISH)
  })

  it('is told of no field that there is not', () => {
    const names = new Set(filterFields.map(({ name }) => name))
    expect(Object.keys(fr).filter((name) => !names.has(name))).toEqual([])
  })
})
