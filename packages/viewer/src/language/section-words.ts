import { frenchSectionWords, sameWords } from './section-words-fr.ts'

/** A label of a section in French: `Latency: median` by its halves; as it is where the dictionary does not know it. */
export function sectionWord(english: string): string {
  return findSectionWord(english) ?? english
}

/** The same; undefined where the dictionary does not know it. */
export function findSectionWord(english: string): string | undefined {
  const whole = frenchSectionWords[english] ?? (sameWords.includes(english) ? english : undefined)
  if (whole !== undefined) return whole
  const [subject, ...rest] = english.split(': ')
  if (rest.length !== 1) return undefined
  const [head, tail] = [findSectionWord(subject), findSectionWord(rest[0])]
  return head === undefined || tail === undefined ? undefined : `${head} : ${tail}`
}
