import { displayWidth } from './display-width.ts'

/** Lines of at most `columns` columns, broken at spaces; a word that is longer stays whole, so that it can be copied. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > columns) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  lines.push(line)
  return lines
}

/** A label and its text: the first line behind the label, the others below the text. `labelColumns` includes the gap. */
export function labelled(label: string, text: string, labelColumns: number, columns: number, indent = 0): string {
  const gap = ' '.repeat(indent)
  const room = Math.max(20, columns - indent - labelColumns)
  const [first, ...rest] = wrap(text, room)
  const below = rest.map((line) => `${gap}${' '.repeat(labelColumns)}${line}`)
  return [`${gap}${label}${' '.repeat(Math.max(1, labelColumns - displayWidth(label)))}${first}`, ...below].join('\n')
}
