import { escapeUnseen } from '@pcap-analyzer/viewer/format'

/** Text, captured or ours, as Markdown that shows exactly it: no markup, HTML, link or mention comes of it. */
export function markdownText(text: string): string {
  return escapeUnseen(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_{}[\]()#+!|~>@$]/g, '\\$&')
    .replace(/^(\s*)([-=])/, '$1\\$2')
    .replace(/(https?|ftp|www)(:|\.)/gi, '$1\u2060$2')
}

/** Text as code: the fence is longer than any run of backticks in it. */
export function markdownCode(text: string): string {
  const shown = escapeUnseen(text)
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const space = longest > 0 ? ' ' : ''
  return `${fence}${space}${shown}${space}${fence}`
}
