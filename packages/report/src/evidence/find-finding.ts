import type { Finding, Report } from '@pcap-analyzer/engine'
import { ReportError } from '../errors.ts'

/**
 * The finding that a person names: by its number in the report (1 is the most costly), its key, or its kind if only one has it.
 * @throws {ReportError} NO_SUCH_FINDING with those there are.
 */
export function findFinding({ findings }: Report, name: string): Finding {
  const byNumber = /^\d+$/.test(name) ? findings[Number(name) - 1] : undefined
  const found = byNumber ?? findings.find(({ key }) => key === name)
  if (found !== undefined) return found
  const ofKind = findings.filter(({ kind }) => kind === name)
  if (ofKind.length === 1) return ofKind[0]
  const among = (ofKind.length > 1 ? ofKind : findings).slice(0, 12)
  const listed = among.map((finding) => `${findings.indexOf(finding) + 1} ${finding.key}`).join(', ')
  throw new ReportError(
    'NO_SUCH_FINDING',
    ofKind.length > 1 ? `${ofKind.length} findings are of the kind ${name}` : `there is no finding ${name}`,
    { hint: findings.length === 0 ? 'the report has no findings' : `name one of: ${listed}` },
  )
}
