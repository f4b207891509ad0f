import type { ExpectedFindings } from './generate.ts'
import type { ExpectedFinding } from './scenario.ts'

/** What is compared of a finding of the engine. */
export interface FoundFinding {
  readonly kind: string
  readonly key: string
  readonly summary: string
  readonly severity: string
  readonly evidence: { readonly frames: readonly number[]; readonly total: number }
}

/** What is compared of a report of the engine. */
export interface FoundReport {
  readonly findings: readonly FoundFinding[]
  readonly quality: { readonly checks: readonly { readonly id: string; readonly ok: boolean | null }[] }
}

const SEVERE = ['medium', 'high', 'critical']

/** What is missing from a report, and what is there without reason; empty when it is as expected. */
export function findDisagreements(expected: ExpectedFindings, { findings: found, quality }: FoundReport): string[] {
  const matches = new Set<FoundFinding>()
  const missing = expected.findings.flatMap((wanted) => {
    const match = found.filter((finding) => isMeant(wanted, finding))
    for (const finding of match) matches.add(finding)
    if (match.length > 0) return []
    const near = found.filter(({ kind }) => kind === wanted.kind)
    return [
      `missing: ${wanted.kind} ${wanted.subject.join(' ')}${near.map((finding) => `\n  instead: ${describe(finding)}`).join('')}`,
    ]
  })
  const surplus = found
    .filter(
      (finding) =>
        SEVERE.includes(finding.severity) && !matches.has(finding) && !expected.allowed.includes(finding.kind),
    )
    .map((finding) => `not expected: ${describe(finding)}`)
  const failing = quality.checks.filter(({ ok }) => ok === false).map(({ id }) => id)
  const checks = [
    ...expected.failingChecks.filter((id) => !failing.includes(id)).map((id) => `check passes: ${id}`),
    ...failing.filter((id) => !expected.failingChecks.includes(id)).map((id) => `check fails: ${id}`),
  ]
  return [...missing, ...surplus, ...checks]
}

function isMeant(wanted: ExpectedFinding, { kind, key, summary, evidence }: FoundFinding): boolean {
  if (kind !== wanted.kind || !wanted.subject.every((text) => key.includes(text) || summary.includes(text)))
    return false
  const isWhole = evidence.frames.length === evidence.total
  const proofs = wanted.evidence.filter((frame) => evidence.frames.includes(frame)).length
  return wanted.evidence.length === 0 || (isWhole ? proofs === wanted.evidence.length : proofs > 0)
}

function describe({ kind, severity, summary, evidence }: FoundFinding): string {
  return `${kind} (${severity}) ${summary} [${evidence.frames.slice(0, 12).join(' ')}${evidence.total > 12 ? ' …' : ''}]`
}
