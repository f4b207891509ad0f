import type { Check } from '../command/outcome.ts'
import type { Secret } from '../secret.ts'

/** What was counted in the log of a server. */
export interface LogCounts {
  readonly lines: number
  readonly failedLogins: number
  readonly failedByUser: Readonly<Record<string, number>>
  readonly failedByAddress: Readonly<Record<string, number>>
  readonly refusedByRules: number
  readonly deniedRights: number
  readonly schemaChanges: number
  readonly superuserLogins: number
}

export interface IngestOptions {
  /** So many failures of one role or address are guessing. */
  readonly threshold: number
  readonly secrets: readonly Secret[]
}

interface LogLine {
  readonly message: string
  readonly user: string | null
  readonly address: string | null
}

/** Reads a log of any of the server's three forms and judges it. */
export function ingestServerLog(
  text: string,
  { threshold, secrets }: IngestOptions,
): { counts: LogCounts; checks: Check[] } {
  const lines = text.split('\n').filter((line) => line !== '')
  const counts = {
    lines: lines.length,
    failedLogins: 0,
    failedByUser: {} as Record<string, number>,
    failedByAddress: {} as Record<string, number>,
    refusedByRules: 0,
    deniedRights: 0,
    schemaChanges: 0,
    superuserLogins: 0,
  }
  for (const line of lines) {
    const { message, user, address } = readLine(line)
    const failed = /(?:password|SCRAM|Peer|Ident|LDAP|certificate) authentication failed for user "([^"]+)"/.exec(
      message,
    )
    if (failed !== null && /FATAL/.test(line)) {
      counts.failedLogins++
      count(counts.failedByUser, failed[1])
      count(counts.failedByAddress, address ?? 'local')
    }
    if (/FATAL.*(no pg_hba\.conf entry|pg_hba\.conf rejects)/.test(line)) counts.refusedByRules++
    if (/ERROR.*(permission denied|must be (owner|superuser))/.test(line)) counts.deniedRights++
    if (
      /LOG:\s+statement:\s+(create|alter|drop|grant|revoke)\b/i.test(line) ||
      /"?LOG"?.*statement:\s+(create|alter|drop|grant|revoke)\b/i.test(line)
    )
      counts.schemaChanges++
    if (/connection authorized: user=postgres\b/.test(message) && user !== null) counts.superuserLogins++
  }
  return {
    counts,
    checks: [
      ...guessing(counts.failedByUser, 'role', threshold),
      ...guessing(counts.failedByAddress, 'address', threshold),
      leak(lines, secrets),
    ],
  }
}

function guessing(failures: Readonly<Record<string, number>>, what: string, threshold: number): Check[] {
  const many = Object.entries(failures).filter(([, times]) => times >= threshold)
  if (many.length === 0)
    return [
      {
        id: `audit.guessing-${what}`,
        title: `no ${what} fails to log in again and again`,
        verdict: 'pass',
        tier: 'critical',
        evidence: 'none',
      },
    ]
  return many.map(([name, times]) => ({
    id: `audit.guessing-${what}`,
    title: `no ${what} fails to log in again and again`,
    verdict: 'fail',
    tier: 'critical',
    evidence: `${what} ${name}: ${times} failed logins`,
    remediation: 'dbops hba generate, with narrower networks; dbops rotate run',
  }))
}

function leak(lines: readonly string[], secrets: readonly Secret[]): Check {
  const base = { id: 'audit.leaked', title: 'no secret stands in the log', tier: 'critical' } as const
  if (secrets.length === 0) return { ...base, verdict: 'skipped', evidence: 'needs --leaked' }
  const at = lines.findIndex((line) => secrets.some((secret) => line.includes(secret.reveal())))
  return at < 0
    ? { ...base, verdict: 'pass', evidence: `${secrets.length} secret(s) looked for` }
    : {
        ...base,
        verdict: 'fail',
        evidence: `line ${at + 1}`,
        remediation: 'change the secret (dbops rotate run), then delete the log',
      }
}

function readLine(line: string): LogLine {
  if (line.startsWith('{')) {
    try {
      const {
        message = '',
        user = null,
        remote_host: address = null,
        error_severity: severity = '',
      } = JSON.parse(line) as Record<string, string>
      return { message: `${severity}: ${message}`, user, address }
    } catch {
      return { message: line, user: null, address: null }
    }
  }
  const fields = csvFields(line)
  if (fields.length > 20 && /^\d{4}-/.test(fields[0]))
    return { message: fields[13], user: fields[1] || null, address: fields[4].split(':')[0] || null }
  const address =
    /\b(\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-f]*::?[0-9a-f:]+\]?)\b(?=[ (:])/.exec(
      line.replace(/^\S+ \S+ \S+ \[\d+\]/, ''),
    )?.[1] ?? null
  return { message: line, user: /\b([\w-]+)@[\w-]+/.exec(line)?.[1] ?? null, address }
}

function csvFields(line: string): string[] {
  if (!line.includes(',')) return []
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field]) =>
    field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field,
  )
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}
