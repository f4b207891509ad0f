import type { Check, Verdict } from '../command/outcome.ts'

/** A control of a standard, and the checks that are evidence for it. */
interface Control {
  readonly control: string
  readonly title: string
  readonly checks: readonly string[]
}

/** What an auditor asks, in the words of none of the standards; ids end with `*` where a whole group counts. */
const controls: readonly Control[] = [
  {
    control: 'CIS PostgreSQL 3',
    title: 'logging and auditing',
    checks: ['settings.log_*', 'monitoring.pgaudit', 'audit.*'],
  },
  { control: 'CIS PostgreSQL 4', title: 'access and rights', checks: ['roles.*', 'grants.*', 'rls.*'] },
  {
    control: 'CIS PostgreSQL 5',
    title: 'connection and login',
    checks: ['hba.*', 'credentials.*', 'settings.password_encryption'],
  },
  { control: 'CIS PostgreSQL 6', title: 'settings', checks: ['settings.*', 'tls.*'] },
  { control: 'CIS PostgreSQL 7', title: 'replication', checks: ['roles.replication', 'archive.*', 'db.slots'] },
  { control: 'ISO 27001 A.5.15', title: 'access control', checks: ['grants.*', 'rls.*', 'hba.*'] },
  { control: 'ISO 27001 A.5.17', title: 'authentication information', checks: ['credentials.*', 'rotation.*'] },
  { control: 'ISO 27001 A.5.18', title: 'access rights and their review', checks: ['roles.*', 'manual.access-review'] },
  { control: 'ISO 27001 A.8.8', title: 'technical vulnerabilities', checks: ['patches.*', 'manual.system-updates'] },
  { control: 'ISO 27001 A.8.13', title: 'backup', checks: ['backup.*', 'manual.copy-off-host', 'manual.backup-keys'] },
  { control: 'ISO 27001 A.8.15', title: 'logging', checks: ['settings.log_*', 'audit.*'] },
  { control: 'ISO 27001 A.8.24', title: 'cryptography', checks: ['tls.*', 'settings.ssl*', 'backup.encrypted'] },
  {
    control: 'SOC 2 CC6.1',
    title: 'logical access',
    checks: ['roles.*', 'grants.*', 'rls.*', 'hba.*', 'credentials.*'],
  },
  { control: 'SOC 2 CC6.7', title: 'data in transit', checks: ['tls.*', 'activity.clear-text', 'settings.ssl*'] },
  { control: 'SOC 2 CC7.2', title: 'monitoring', checks: ['monitoring.*', 'audit.*', 'manual.alerts'] },
  { control: 'SOC 2 A1.2', title: 'backup and recovery', checks: ['backup.*', 'archive.*'] },
  { control: 'OWASP ASVS 5 V6', title: 'authentication', checks: ['credentials.*', 'hba.*', 'rotation.*'] },
  { control: 'OWASP ASVS 5 V8', title: 'authorization', checks: ['rls.*', 'grants.public-*'] },
  { control: 'OWASP ASVS 5 V12', title: 'secure communication', checks: ['tls.*', 'activity.clear-text', 'hba.*'] },
  {
    control: 'OWASP ASVS 5 V13',
    title: 'configuration and secrets',
    checks: ['settings.*', 'db.foreign-passwords', 'db.subscription-passwords'],
  },
  { control: 'OWASP ASVS 5 V16', title: 'security logging', checks: ['settings.log_*', 'audit.*'] },
]

/** Each control with what its checks say: it fails with one of them, and what was not asked is never a pass. */
export function judgeControls(checks: readonly Check[]): Check[] {
  return controls.map(({ control, title, checks: patterns }) => {
    const of = checks.filter(({ id }) => patterns.some((pattern) => fits(id, pattern)))
    const count = (verdict: Verdict): number => of.filter((check) => check.verdict === verdict).length
    const failed = of.filter(({ verdict }) => verdict === 'fail')
    const words = (['pass', 'fail', 'warn', 'waived', 'manual', 'skipped'] as const)
      .filter((verdict) => count(verdict) > 0)
      .map((verdict) => `${count(verdict)} ${verdict}`)
    return {
      id: `control.${control.replaceAll(' ', '-')}`,
      title,
      tier: failed.some(({ tier }) => tier === 'critical') ? 'critical' : 'recommended',
      verdict: verdictOf(count, of.length),
      evidence: [words.join(', ') || 'nothing was asked', ...failed.map(({ id }) => id)].join('; '),
      references: [control],
    }
  })
}

function verdictOf(count: (verdict: Verdict) => number, all: number): Verdict {
  if (count('fail') > 0) return 'fail'
  if (count('pass') === 0 && count('waived') === 0) return count('manual') > 0 ? 'manual' : 'skipped'
  if (count('manual') > 0) return 'manual'
  return count('warn') > 0 || count('skipped') === all ? 'warn' : 'pass'
}

function fits(id: string, pattern: string): boolean {
  return pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern
}
