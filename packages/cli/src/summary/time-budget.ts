import type { Report } from '@pcap-analyzer/engine'
import { safeText } from '../terminal/safe-text.ts'
import { durationText } from '../terminal/units.ts'
import { labelled } from '../terminal/wrap.ts'
import { LABEL_COLUMNS, type Layout } from './layout.ts'

const LATENCY = 'latency'

/** Whose time it was, in one sentence; nothing where nobody waited for an answer. */
export function timeBudgetLines(report: Report, { columns, words }: Layout): string[] {
  const section = report.sections.find(({ id }) => id === LATENCY)
  const value = (key: string) => section?.facts.find((fact) => fact.key === key)?.value
  const transactions = value('transactions')
  const waitedNs = value('waitedNs')
  const dnsAnswers = value('dnsTransactions')
  const answers = typeof dnsAnswers === 'number' ? dnsAnswers : 0
  const verdict = value('verdict')
  if (typeof transactions !== 'number' || typeof waitedNs !== 'number' || typeof verdict !== 'string') return []
  const text = words.waited(durationText(waitedNs), transactions + answers, safeText(verdict))
  return [labelled(words.labels.time, text, LABEL_COLUMNS, columns)]
}
