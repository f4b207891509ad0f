import type { Fact, Section } from '../report.ts'
import { sampleWords } from './sample-words.ts'
import type { Language } from './words.ts'

/** Puts the words of a section in the language of the report. */
export function narrateSection(section: Section, language: Language): Section {
  return { ...section, facts: section.facts.map((fact) => narrateFact(fact, language)) }
}

/** Says why there is no value where there were too few samples for it. */
function narrateFact(fact: Fact, language: Language): Fact {
  const { samples, value } = fact
  return samples === undefined || value !== null ? fact : { ...fact, note: sampleWords[language].tooFew(samples) }
}
