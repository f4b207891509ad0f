import type { ExpectedFindings, Scenario } from '@pcap-analyzer/scenarios'
import type { ReportFile } from '../analyze/write-report.ts'

const INDENT = '    '

/** Every scenario with its story, wrapped to the width of the terminal. */
export function scenarioList(scenarios: readonly Scenario[], columns: number): string {
  return scenarios.map(({ name, story }) => `${name}\n${wrapped(story, columns)}`).join('')
}

/** The story, what must be found, and where both lie. */
export function expectedText({ story, findings }: ExpectedFindings, files: readonly ReportFile[]): string {
  const wanted = findings.map(({ kind, subject, evidence }) => {
    const frames =
      evidence.length === 0 ? '' : `, frame ${evidence.slice(0, 8).join(' ')}${evidence.length > 8 ? ' …' : ''}`
    return `${INDENT}${[kind, ...subject].join(' ')}${frames}\n`
  })
  return [
    `${story}\n`,
    findings.length === 0 ? 'expected: no finding of medium severity or above\n' : `expected:\n${wanted.join('')}`,
    ...files.map(({ path, bytes }) => `wrote ${path} (${bytes} bytes)\n`),
  ].join('')
}

function wrapped(text: string, columns: number): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last === '') lines[lines.length - 1] = word
    else if (INDENT.length + last.length + 1 + word.length > columns) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.map((line) => `${INDENT}${line}\n`).join('')
}
