import type { Severity } from '@pcap-analyzer/engine'
import type { Context } from '../context.ts'
import { h } from '../dom.ts'

/** A shape for each severity, so that colour is never alone. */
export const severityShapes: Readonly<Record<Severity, string>> = {
  critical: '◆',
  high: '▲',
  medium: '■',
  low: '●',
  info: '○',
}

/** The word of a severity with its shape and colour. */
export function severityMark({ words }: Context, severity: Severity): HTMLElement {
  return h(
    'span',
    { class: `severity severity-${severity}` },
    h('span', { 'aria-hidden': 'true' }, severityShapes[severity]),
    ` ${words.severities[severity]}`,
  )
}
