import { EXIT_FINDINGS, EXIT_FINE, type ExitCode } from '../exit-codes.ts'

/** How serious a failed check is: a critical one blocks a deployment. */
export const tiers = ['critical', 'recommended', 'optional'] as const
export type Tier = (typeof tiers)[number]

/** `skipped` is never a pass: it says what was missing. */
export type Verdict = 'pass' | 'fail' | 'warn' | 'skipped' | 'waived' | 'manual'

/** One thing that was judged, with the evidence. */
export interface Check {
  readonly id: string
  readonly title: string
  readonly verdict: Verdict
  readonly tier: Tier
  /** What was observed; never a secret. */
  readonly evidence: string
  /** Command or SQL that puts it right. */
  readonly remediation?: string | undefined
  readonly location?: { readonly file: string; readonly line: number } | undefined
  readonly references?: readonly string[]
}

/** A number for Prometheus. */
export interface Metric {
  readonly name: string
  readonly help: string
  readonly value: number
  readonly labels?: Readonly<Record<string, string>>
  /** From where on it is a warning and a failure; for Nagios. */
  readonly limit?: { readonly warn: number; readonly fail: number }
}

/** What every command returns, whatever the form it is printed in. */
export interface Outcome {
  /** One sentence. */
  readonly summary: string
  readonly exitCode: ExitCode
  readonly checks?: readonly Check[]
  readonly metrics?: readonly Metric[]
  /** For machines: goes into the JSON form as it is. */
  readonly data?: unknown
  /** For people: printed instead of the checks, without the summary. */
  readonly text?: string
  /** Standard output belongs to a program that was run: nothing is printed. */
  readonly isSilent?: boolean
  /** For the audit record: names, never values. */
  readonly audit?: Readonly<Record<string, unknown>>
}

/** The outcome of checks: findings when one of them failed. */
export function judged(summary: string, checks: readonly Check[], more: Partial<Outcome> = {}): Outcome {
  const hasFailed = checks.some(({ verdict }) => verdict === 'fail')
  return { summary, exitCode: hasFailed ? EXIT_FINDINGS : EXIT_FINE, checks, ...more }
}
