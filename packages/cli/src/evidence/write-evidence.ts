import { join } from 'node:path'
import type { Finding, Limits } from '@pcap-analyzer/engine'
import { type WantedEvidence, writeEvidence } from '@pcap-analyzer/report/node'
import type { CommandContext } from '../context.ts'
import { CommandError } from '../errors.ts'
import { safeText } from '../terminal/safe-text.ts'
import { countText } from '../terminal/units.ts'

/** A file for each finding below a folder, numbered as in the report. */
export function evidenceOfAll(findings: readonly Finding[], folder: string): WantedEvidence[] {
  return findings.map((finding, i) => ({
    finding,
    target: join(folder, `${String(i + 1).padStart(3, '0')}-${finding.kind}.pcapng`),
  }))
}

/** Writes evidence and says on standard error what was written. @throws {CommandError} REPORT_NOT_WRITTEN. */
export async function writeEvidenceFiles(
  context: CommandContext,
  wanted: readonly WantedEvidence[],
  captures: readonly string[],
  limits: Partial<Limits>,
): Promise<void> {
  try {
    for (const { finding, target, frames } of await writeEvidence(wanted, captures, { limits })) {
      const { total } = finding.evidence
      const count = frames < total ? `${countText(frames)} of ${countText(total)}` : countText(frames)
      context.stderr.write(`wrote ${count} frames of ${safeText(finding.key)} to ${safeText(target)}\n`)
    }
  } catch (cause) {
    const { syscall, message } = cause as NodeJS.ErrnoException
    if (syscall === undefined) throw cause
    throw new CommandError('REPORT_NOT_WRITTEN', `cannot write the evidence: ${message}`, {
      hint: 'name another place',
      cause,
    })
  }
}
