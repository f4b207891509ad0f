import { afterEach, describe, expect, it, vi } from 'vitest'
import { compileFilter, FilterError, filterFields } from '../../src/filter/index.ts'
import { type FilterSentences, filterSentences } from '../../src/filter/sentences/index.ts'
import { languages } from '../../src/index.ts'

/** For every sentence a filter of which it is said. */
const wrong: Readonly<Record<keyof FilterSentences, string>> = {
  wrongAtEnd: 'tcp &&',
  wrongAt: 'tcp.prot == 80',
  unexpected: 'tcp ; udp',
  noClosingQuote: 'http.host == "open',
  noEscape: String.raw`http.host matches "\.com"`,
  rawText: String.raw`http.host matches "\.com"`,
  empty: '  ',
  expectedEnd: 'tcp udp',
  tooDeep: '!'.repeat(300),
  needsComparison: 'tcp && any tcp.port',
  valueAlone: 'tcp || 80',
  compareIt: 'tcp || 80',
  endsEarly: 'tcp.port ==',
  expectedOperand: 'tcp.port == )',
  expectedOperator: '(tcp }',
  noFunction: 'tcp and max(tcp.port) > 1',
  functions: 'max(tcp.port) > 1',
  openSlice: 'tcp.payload[0:4',
  noSlice: 'tcp.payload[4-2] == 00',
  slices: 'tcp.payload[4-2] == 00',
  noField: 'udp or tcp.prot == 80',
  listOfFields: 'quite_unlike_anything',
  didYouMean: 'tcp.flags.rst == 1',
  expectedField: 'len(80) == 1',
  expectedValue: 'udp and tcp.port == "80"',
  knownOnly: 'tls.handshake.type == 16',
  twoValues: '1 < 2',
  fieldOnTheLeft: '10 < frame.len',
  needsNumbers: 'http.host & 4',
  needsBytes: 'tcp.port[0] == 1',
  needsText: 'lower(tcp.port) == "80"',
  needsTextOrBytes: 'tcp.port contains "8"',
  expectedTextOrBytes: 'http.host contains len(tcp.payload)',
  expectedPattern: 'http.host matches tcp.port',
  badPattern: 'http.host matches "("',
  patternLetter: 'http.host matches "*.com"',
  refusedPattern: 'http.host matches "(?<a>)(?<a>)"',
}
const keys = Object.keys(wrong) as (keyof FilterSentences)[]
const quoted = String.raw`("(?:[^"\\]|\\.)*")`
const places = {
  en: new RegExp(`^the filter is wrong (?:at its end|at column (\\d+): ${quoted}): .`),
  fr: new RegExp(`^le filtre est erroné (?:à sa fin|à la colonne (\\d+) : ${quoted}) : .`),
}

function faultOf(filter: string): FilterError {
  try {
    compileFilter(filter)
  } catch (error) {
    if (error instanceof FilterError) return error
    throw error
  }
  throw new Error(`${filter} is not wrong`)
}

describe('what is wrong with a filter', () => {
  afterEach(() => vi.restoreAllMocks())

  it('is told in every language of the reports', () => {
    expect(Object.keys(filterSentences).toSorted()).toEqual([...languages].toSorted())
    expect(keys.toSorted()).toEqual(Object.keys(filterSentences.en).toSorted())
  })

  it.each(keys)('has a sentence of its own in each language: %s', (key) => {
    const error = faultOf(wrong[key])
    const said = languages.map((language) => {
      const sentence = vi.spyOn(filterSentences[language], key)
      error.told(language)
      expect(sentence, language).toHaveBeenCalledOnce()
      return String(sentence.mock.results[0]?.value)
    })
    expect(new Set(said).size).toBe(languages.length)
  })

  it.each(keys)('names the same place in each language: %s', (key) => {
    const error = faultOf(wrong[key])
    const [english, french] = [error.told('en'), error.told('fr')]
    expect(english).toEqual({ message: error.message, hint: error.hint })
    const place = places.en.exec(english.message)
    expect(place).not.toBeNull()
    expect(places.fr.exec(french.message)?.slice(1)).toEqual(place?.slice(1))
    expect(french.hint === undefined).toBe(english.hint === undefined)
  })

  it('names the letter of a regular expression that is wrong, in words of its own', () => {
    const { message } = faultOf('http.host matches "^(www|mail"')
    expect(message).toBe(
      'the filter is wrong at column 19: "\\"^(www|mail\\"": at letter 2 of the regular expression, "(" opens a group that is never closed',
    )
    expect(faultOf('http.host matches "^(www|mail"').told('fr').message).toContain(
      'au caractère 2 de l’expression régulière, "(" ouvre un groupe qui n’est jamais fermé',
    )
  })

  it.each([...new Set(filterFields.map(({ type }) => type))])('tells what %s looks like in each language', (type) => {
    const { en, fr } = filterSentences
    expect(fr.expectedValue(type)).not.toBe(en.expectedValue(type))
    expect(fr.needsText('lower', type)).not.toBe(en.needsText('lower', type))
    for (const say of [en, fr])
      expect(say.expectedValue(type) + say.needsText('lower', type)).not.toContain('undefined')
  })
})
