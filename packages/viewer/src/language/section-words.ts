import { frenchSectionWords } from './section-words-fr.ts'

/** A label of a section in French; as it is where the dictionary does not know it. */
export function sectionWord(english: string): string {
  return frenchSectionWords[english] ?? english
}
