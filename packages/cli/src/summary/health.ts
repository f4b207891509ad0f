import type { Report } from '@pcap-analyzer/engine'
import { safeText } from '../terminal/safe-text.ts'
import { labelled } from '../terminal/wrap.ts'
import { LABEL_COLUMNS, type Layout } from './layout.ts'

const INDENT = 2
const MOST_CHARACTERS = 1000

/** The health score with the parts that take points off it; with --full all parts. */
export function healthLines({ health }: Report, { columns, isFull, words }: Layout): string[] {
  const parts = [...health.parts, health.security].filter(({ points }) => isFull || points > 0)
  return [
    labelled(words.labels.health, safeText(health.text, MOST_CHARACTERS), LABEL_COLUMNS, columns),
    ...parts.map(({ text }) => labelled('-', safeText(text, MOST_CHARACTERS), 2, columns, INDENT)),
  ]
}

/** What people look for and the capture does not show, and whether it would have. */
export function notSeenText({ notSeen }: Report, { columns, style, words }: Layout): string {
  if (notSeen.length === 0) return ''
  const lines = notSeen.map(({ text }) => labelled('-', safeText(text, MOST_CHARACTERS), 2, columns, INDENT))
  return [style.bold(words.labels.notSeen), ...lines].join('\n')
}
