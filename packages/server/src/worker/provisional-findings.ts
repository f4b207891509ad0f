import { createReadStream, statSync } from 'node:fs'
import { type AnalyzeOptions, analyze } from '@pcap-analyzer/engine'
import type { ProvisionalFinding } from './messages.ts'

/** So much is analysed first of large captures, then so many times more, so that whoever waits has something to read. */
const FIRST_BYTES = 8 << 20
const GROWTH = 8
/** A part is analysed by itself when the capture is so many times as large: all parts together cost less than a third of the whole. */
const LEAST_MULTIPLE = 4
const MOST_FINDINGS = 5

/** The gravest findings of ever longer beginnings of a large capture; none of small ones, which are done before anybody read them. */
export async function* provisionalFindings(
  capture: string,
  options: AnalyzeOptions,
): AsyncGenerator<readonly ProvisionalFinding[]> {
  const { size } = statSync(capture)
  for (let bytes = FIRST_BYTES; bytes * LEAST_MULTIPLE <= size; bytes *= GROWTH) {
    const { findings } = await analyze(createReadStream(capture, { end: bytes - 1 }), options)
    if (findings.length > 0)
      yield findings.slice(0, MOST_FINDINGS).map(({ severity, summary }) => ({ severity, summary }))
  }
}

/** As the message of an event: one line a finding, its severity first. */
export function provisionalText(findings: readonly ProvisionalFinding[]): string {
  return findings.map(({ severity, summary }) => `${severity}: ${summary.replaceAll('\n', ' ')}`).join('\n')
}
