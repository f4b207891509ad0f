import type { Check } from '../command/outcome.ts'
import type { Secret } from '../secret.ts'
import { isContinued, type LogLine, readLine } from './log-line.ts'

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
  for (const [index, line] of lines.entries()) {
    if (isContinued(line, lines[index - 1] ?? '')) continue
    const { state, message, user, address } = readLine(line)
    const failed = failedLogin(line, { state, message, user, address })
    if (failed !== null) {
      counts.failedLogins++
      count(counts.failedByUser, failed)
      count(counts.failedByAddress, address ?? 'local')
    }
    if (
      state === null ? /FATAL.*(no pg_hba\.conf entry|pg_hba\.conf rejects)/.test(line) : isRefusedByRule(state, line)
    )
      counts.refusedByRules++
    if (state === null ? /ERROR.*(permission denied|must be (owner|superuser))/.test(line) : state === '42501')
      counts.deniedRights++
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
      ...(isUnreadable(lines) ? [unreadable] : []),
      ...guessing(counts.failedByUser, 'role', threshold),
      ...guessing(counts.failedByAddress, 'address', threshold),
      leak(lines, secrets),
    ],
  }
}

const unreadable: Check = {
  id: 'audit.readable',
  title: 'the log can be read',
  verdict: 'fail',
  tier: 'critical',
  evidence: 'its messages are in a language that is not read here, and it has no SQLSTATE',
  remediation: 'lc_messages = C, or %e in log_line_prefix, or log_destination = jsonlog',
}

/** The role that was not let in for its password, or whatever else proves it; null when the line tells of something else. */
function failedLogin(line: string, { state, message, user }: LogLine): string | null {
  if (state === '28P01') return user ?? /["«»„“‘’‹›]\s?([^"«»„“‘’‹›]+?)\s?["«»„“‘’‹›]/.exec(message)?.[1] ?? 'unknown'
  if (state !== null && state !== '28000') return null
  const named = /(?:password|SCRAM|Peer|Ident|LDAP|certificate) authentication failed for user "([^"]+)"/.exec(message)
  return named !== null && /FATAL/.test(line) ? named[1] : null
}

/** 28000 stands for more; every language leaves the name of the file as it is. */
function isRefusedByRule(state: string, line: string): boolean {
  return state === '28000' && line.includes('pg_hba.conf')
}

/** Whether nothing could be read out of a log: in another language than English, and without SQLSTATEs. */
function isUnreadable(lines: readonly string[]): boolean {
  const isKnown = lines.some((line) => readLine(line).state !== null || /\b(LOG|ERROR|FATAL|PANIC|WARNING):/.test(line))
  return lines.length > 0 && !isKnown
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

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}
