import { createReadStream, statSync } from 'node:fs'
import { type AnalyzeOptions, analyze, EngineError } from '@pcap-analyzer/engine'
import type { ProvisionalFinding } from './messages.ts'

/** Of large captures so much is analysed before the rest, so that whoever waits has something to read. */
const FIRST_BYTES = 8 << 20
/** Smaller ones are done before anybody read it. */
const LARGE_BYTES = 4 * FIRST_BYTES
const MOST_FINDINGS = 5

/** The gravest findings of the beginning of a large capture; null for others, and where the beginning alone tells nothing. */
export async function provisionalFindings(
  capture: string,
  options: AnalyzeOptions,
): Promise<readonly ProvisionalFinding[] | null> {
  if (statSync(capture).size < LARGE_BYTES) return null
  try {
    const { findings } = await analyze(createReadStream(capture, { end: FIRST_BYTES - 1 }), options)
    return findings.slice(0, MOST_FINDINGS).map(({ severity, summary }) => ({ severity, summary }))
  } catch (error) {
    // what is wrong with it the analysis of the whole will say
    if (error instanceof EngineError) return null
    throw error
  }
}

/** As the message of an event: one line a finding, its severity first. */
export function provisionalText(findings: readonly ProvisionalFinding[]): string {
  return findings.map(({ severity, summary }) => `${severity}: ${summary.replaceAll('\n', ' ')}`).join('\n')
}
