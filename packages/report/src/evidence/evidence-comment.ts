import type { Finding } from '@pcap-analyzer/engine'
import type { FrameDescription } from '@pcap-analyzer/engine/observe'
import { durationText, escapeUnseen } from '@pcap-analyzer/viewer/format'

const LONGEST = 2000

/** Where frames were taken from: the file's name and the SHA-256 of its bytes. */
export interface SourceFile {
  readonly name: string
  readonly sha256: string
  /** Number of its first and last frame in the capture set. */
  readonly firstFrame: number
  readonly lastFrame: number
}

/** What the file as a whole says of itself. */
export function evidenceHead(finding: Finding, files: readonly SourceFile[]): string {
  const { key, severity, confidence, summary, costNs, hypotheses, nextStep, displayFilter } = finding
  const lines = [
    `Evidence of finding ${key} (${severity}, confidence ${confidence}${costNs === null ? '' : `, cost ${durationText(costNs)}`})`,
    summary,
    ...hypotheses.map(
      ({ statement, accepted, because }) => `${accepted ? 'because' : 'not'}: ${statement} (${because})`,
    ),
    `next: ${nextStep}`,
    `in the original: ${displayFilter}`,
    ...files.map(({ name, sha256 }) => `original: ${name}, SHA-256 ${sha256}`),
  ]
  return lines.map((line) => escapeUnseen(line).slice(0, LONGEST)).join('\n')
}

/** Why a frame is in the file, and where it was. */
export function frameComment(
  finding: Finding,
  place: { index: number; total: number; frame: number },
  described: FrameDescription,
  files: readonly SourceFile[],
): string {
  const file = files.find(({ firstFrame, lastFrame }) => place.frame >= firstFrame && place.frame <= lastFrame)
  const from =
    file === undefined
      ? `frame ${place.frame} of the capture`
      : `frame ${place.frame - file.firstFrame + 1} of ${file.name} (SHA-256 ${file.sha256})`
  const lines = [
    `${finding.kind}: evidence ${place.index} of ${place.total}: ${described.protocol} ${described.info}`,
    `proves: ${finding.summary}`,
    from,
  ]
  return lines.map((line) => escapeUnseen(line).slice(0, LONGEST)).join('\n')
}
