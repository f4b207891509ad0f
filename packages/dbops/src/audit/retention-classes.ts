import type { OperationRecord } from './operations-log.ts'

/** How long lines of a kind are kept, days. */
export const retentionClasses = {
  /** What looked at something: doctor, lint, guard, health. */
  security: 90,
  /** Who used or changed a login or a secret. */
  authentication: 365,
  /** What was refused, by us or by a server. */
  'authorization-failure': 730,
  /** Backups, restores, changes of roles, rules and settings, reports and signatures. */
  compliance: 2555,
} as const
export type RetentionClass = keyof typeof retentionClasses

const REFUSED = [4, 7]
const authentication = /^(cred|secrets|rotate|run|conn|emergency)\b/
const compliance =
  /^(backup|restore|roles|rls|hba|conf|tls|rollback|report|signoff|audit|schedule|resume|abort|setup|env)\b/

/** The class of a line; what fits several is kept for the longest. */
export function classOf({ command, exitCode }: OperationRecord): RetentionClass {
  if (compliance.test(command)) return 'compliance'
  if (REFUSED.includes(exitCode)) return 'authorization-failure'
  return authentication.test(command) ? 'authentication' : 'security'
}

/** Whether nothing in a segment has to be kept any more. */
export function isOutlived(
  records: readonly OperationRecord[],
  days: Readonly<Record<RetentionClass, number>>,
  now: Date,
): boolean {
  return records.every((record) => Date.parse(record.time) + days[classOf(record)] * 86_400_000 < now.getTime())
}
