/** How many different texts a list tells apart; with one more it only says that there are more. */
const MOST = 8

/** Adds a text to ascending different ones, of which the smallest are kept; O(n) in a short list. */
export function addText(texts: string[], text: string): void {
  if (texts.includes(text)) return
  texts.push(text)
  texts.sort((a, b) => (a < b ? -1 : 1))
  if (texts.length > MOST + 1) texts.length = MOST + 1
}

/** Adds the texts of `from`; commutative and associative. */
export function mergeTexts(into: string[], from: readonly string[]): void {
  for (const text of from) addText(into, text)
}

/** The texts when they are all; undefined when there are more than the list tells apart, or none. */
export function allTexts(texts: readonly string[]): readonly string[] | undefined {
  return texts.length === 0 || texts.length > MOST ? undefined : texts
}
