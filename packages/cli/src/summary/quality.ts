import type { Report } from '@pcap-analyzer/engine'
import { safeText } from '../terminal/safe-text.ts'
import { labelled } from '../terminal/wrap.ts'
import { LABEL_COLUMNS, type Layout } from './layout.ts'

const INDENT = 2
const MOST_CHARACTERS = 1000

/** Whether the capture can support what follows: a verdict, what failed with the numbers, and commands for a better capture. */
export function qualityLines({ quality }: Report, { columns, style, isFull, words }: Layout): string[] {
  const item = (mark: string, text: string) => labelled(mark, safeText(text, MOST_CHARACTERS), 2, columns, INDENT)
  const failed = quality.checks.filter(({ ok }) => ok === false)
  const passed = quality.checks.filter(({ ok }) => ok !== false)
  return [
    labelled(words.labels.quality, safeText(quality.verdict, MOST_CHARACTERS), LABEL_COLUMNS, columns),
    ...failed.map(({ text }) => item('!', text)),
    ...(isFull ? passed.map(({ ok, text }) => item(ok === null ? '?' : '-', text)) : []),
    ...quality.withheld.map(({ kind, because }) => item('!', words.notTold(kind, because))),
    ...quality.advice.flatMap(({ text, commands }) => [
      item('>', text),
      // alone on its line and never broken, to be copied
      ...commands.map((command) => `${' '.repeat(2 * INDENT)}${style.cyan(safeText(command, MOST_CHARACTERS))}`),
    ]),
  ]
}
