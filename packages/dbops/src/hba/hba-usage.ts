import type { Check } from '../command/outcome.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { firstMatch, type HbaAttempt } from './hba-match.ts'
import { formatRule, type HbaRule, placeOf } from './hba-rule.ts'
import { readServerRules } from './server-rules.ts'

/** The first major whose log names the rule also of those who came in by `trust`. */
const LOGS_TRUST_FROM = 16

/**
 * Lines of pg_hba.conf that a log says were used: a login names the line it came in by, a failed one the line it matched (with
 * log_connections on, PostgreSQL 14 or newer), as `file:line`, or `:line` where the log does not name the file. Line numbers are those of the file as it stood when the log was written.
 */
export function usedLines(log: string): Set<string> {
  const used = new Set<string>()
  for (const [, byFile, by, matchedFile = '', matched] of log.matchAll(
    // no words, for they are in the language of the server: "(/path/pg_hba.conf:95)", "pg_hba.conf line 7:", "file »/path« line 7:"
    /\(((?:\/|[A-Z]:)[^()\n]*):(\d+)\)|(?:pg_hba\.conf|["»«] ?(\/[^"»«\n]+?) ?["»«])[^\d"»«\n]{1,20}(\d+) ?: ["»«]/g,
  ))
    used.add(by === undefined ? `${matchedFile}:${matched}` : `${byFile}:${by}`)
  return used
}

/** For each rule whether somebody came by it: by the sessions there are now, and by logs. What cannot be known is skipped, not failed. */
export async function ruleUsage(client: ServerClient, log: string | null): Promise<Check[]> {
  const { file, path } = await readServerRules(client)
  const attempts = await currentAttempts(client)
  const live = new Set(attempts.map((attempt) => firstMatch(file.rules, attempt)))
  const logged = usedLines(log ?? '')
  const { rows } = await client.query<{ major: number; is_logged: boolean }>(
    "select current_setting('server_version_num')::int / 10000 as major, current_setting('log_connections') not in ('off', '') as is_logged",
  )
  const [{ major, is_logged: isLogged }] = rows
  return file.rules.map((rule): Check => {
    const base = {
      id: 'hba.unused',
      title: `${placeOf(rule, path)}: ${formatRule(rule)}`,
      tier: 'recommended',
      location: { file: rule.file, line: rule.line },
    } as const
    if (live.has(rule)) return { ...base, verdict: 'pass', evidence: 'a session of now came by it' }
    if (logged.has(`${rule.file}:${rule.line}`) || (rule.file === path && logged.has(`:${rule.line}`)))
      return { ...base, verdict: 'pass', evidence: 'the log names it' }
    const unknown = whyUnknown(rule, { hasLog: log !== null, isLogged, major, sessions: attempts.length })
    if (unknown !== null) return { ...base, verdict: 'skipped', evidence: unknown }
    return {
      ...base,
      verdict: 'warn',
      evidence: 'neither a session of now nor the log came by it; how long the log reaches back is for you to judge',
      remediation: `take ${placeOf(rule, path)} out: dbops hba apply`,
    }
  })
}

interface Knowledge {
  readonly hasLog: boolean
  readonly isLogged: boolean
  readonly major: number
  readonly sessions: number
}

function whyUnknown(rule: HbaRule, { hasLog, isLogged, major, sessions }: Knowledge): string | null {
  if (rule.method === 'reject') return 'it refuses: that nobody came by it says nothing'
  if (!hasLog) return `no log was given: only ${sessions} session(s) of now were looked at`
  if (!isLogged) return 'log_connections is off: the log does not say who came by which rule'
  if (major < 14) return `PostgreSQL ${major} does not log the rule of a login`
  if (rule.method === 'trust' && major < LOGS_TRUST_FROM) return `PostgreSQL ${major} does not log who came in by trust`
  return null
}

/** The other sessions, as they once asked to be let in. */
async function currentAttempts(client: ServerClient): Promise<HbaAttempt[]> {
  const { rows } = await client.query<HbaAttempt>(`
    select coalesce(a.datname, '') as database, a.usename as "user", host(a.client_addr) as address,
      coalesce(s.ssl, false) as "isTls", a.backend_type = 'walsender' and a.datname is null as "isReplication",
      array(select g.rolname::text from pg_roles g where pg_has_role(a.usesysid, g.oid, 'member')) as groups
    from pg_stat_activity a left join pg_stat_ssl s using (pid)
    where a.backend_type in ('client backend', 'walsender') and a.pid <> pg_backend_pid() and a.usename is not null`)
  return rows
}
