import { DatabaseError } from 'pg'
import type { Check } from '../command/outcome.ts'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { findWeakRoles } from '../credentials/weak-verifiers.ts'
import { lintHba } from '../hba/hba-lint.ts'
import { readServerRules } from '../hba/server-rules.ts'
import { auditRowSecurity } from '../roles/row-security-audit.ts'
import { auditSettings } from '../settings/settings-audit.ts'
import { backupChecks } from './backup-checks.ts'
import type { CatalogCheck } from './catalog-check.ts'
import { catalogChecks } from './catalog-checks.ts'
import { manualChecks } from './manual-items.ts'
import { judgePatchLevel } from './patch-level.ts'
import { sessionChecks } from './session-checks.ts'
import { stateChecks } from './state-checks.ts'

export interface ExamineOptions {
  readonly server: ConnectionParameters
  /** Role of the application; null leaves its checks out, and says so. */
  readonly appRole: string | null
  readonly schemas: readonly string[]
  /** Columns that say whose a row is; empty leaves tenancy out. */
  readonly tenantColumns: readonly string[]
  /** Folder of backups; null leaves them out, and says so. */
  readonly backups: string | null
  readonly stateFolder: string
  readonly now: Date
}

/** Every check, in order; what cannot be looked at is skipped with the reason, never passed. */
export async function examine(options: ExamineOptions): Promise<Check[]> {
  const { server, now } = options
  const checks = await withServer(server, async (client) => {
    const all: Check[] = []
    for (const check of catalogChecks) all.push(await catalogVerdict(client, check, options))
    all.push(...(await passwordChecks(client)), await patchCheck(client, now), ...sessionChecks(client, now))
    all.push(...(await auditSettings(client)), ...(await hbaChecks(client)))
    if (options.tenantColumns.length > 0) all.push(...(await auditRowSecurity(client, options)))
    return all
  })
  return [...checks, ...backupChecks(options), ...stateChecks(options), ...manualChecks()]
}

async function catalogVerdict(client: ServerClient, check: CatalogCheck, { appRole }: ExamineOptions): Promise<Check> {
  const { id, title, tier, sql, needs, isSoft = false, advice, references = [] } = check
  const base = { id, title, tier, references }
  const parameters = sql.includes('$1') ? [appRole] : []
  if (parameters.includes(null)) return { ...base, verdict: 'skipped', evidence: 'needs --app-role' }
  try {
    if (needs !== undefined) {
      const { rows: may } = await client.query<{ may: boolean }>(`select ${needs.sql} as may`)
      if (!may[0].may) return { ...base, verdict: 'skipped', evidence: `needs ${needs.name}` }
    }
    const { rows } = await client.query<{ what: string; fix: string | null }>(sql, parameters)
    if (rows.length === 0) return { ...base, verdict: 'pass', evidence: 'nothing found' }
    const fixes = rows.map(({ fix }) => fix).filter((fix) => fix !== null)
    const remediation = fixes.length > 0 ? [...new Set(fixes)].join('; ') : advice
    return { ...base, verdict: isSoft ? 'warn' : 'fail', evidence: listed(rows.map(({ what }) => what)), remediation }
  } catch (error) {
    if (error instanceof DatabaseError && error.code === '42501')
      return { ...base, verdict: 'skipped', evidence: `this role may not look: ${error.message}` }
    throw error
  }
}

async function passwordChecks(client: ServerClient): Promise<Check[]> {
  const weak = await findWeakRoles(client)
  const kinds = [
    [
      'credentials.guessable',
      'no stored password can be guessed',
      'guessable password',
      'dbops rotate run, or: alter role … password …',
    ],
    ['credentials.md5', 'every stored password is SCRAM', 'MD5 verifier', 'set the passwords anew under scram-sha-256'],
  ] as const
  return kinds.map(([id, title, reason, remediation]) => {
    if (weak === null)
      return {
        id,
        title,
        tier: 'critical',
        verdict: 'skipped',
        evidence: 'needs a superuser: stored verifiers cannot be read',
      }
    const roles = weak.filter((one) => one.reason === reason).map(({ role }) => role)
    return {
      id,
      title,
      tier: 'critical',
      verdict: roles.length === 0 ? 'pass' : 'fail',
      evidence: roles.length === 0 ? 'none' : roles.join(', '),
      remediation,
    }
  })
}

async function patchCheck(client: ServerClient, now: Date): Promise<Check> {
  const { rows } = await client.query<{ version: number }>(
    "select current_setting('server_version_num')::int as version",
  )
  const { isCurrent, evidence } = judgePatchLevel(rows[0].version, now)
  return {
    id: 'patches.minor',
    title: 'the newest minor release runs',
    tier: 'recommended',
    verdict: isCurrent ? 'pass' : 'fail',
    evidence,
    remediation: 'update the packages of PostgreSQL and restart',
  }
}

async function hbaChecks(client: ServerClient): Promise<Check[]> {
  const base = { id: 'hba.readable', title: 'the access rules can be judged', tier: 'critical' } as const
  const { rows: may } = await client.query<{ may: boolean }>(
    "select has_table_privilege('pg_hba_file_rules', 'select') and has_function_privilege('pg_hba_file_rules()', 'execute') as may",
  )
  if (!may[0].may)
    return [
      {
        ...base,
        verdict: 'skipped',
        evidence: 'needs: grant select on pg_hba_file_rules, grant execute on function pg_hba_file_rules()',
      },
    ]
  const { file, count } = await readServerRules(client)
  const findings = lintHba(file, 'pg_hba.conf')
  return [{ ...base, verdict: 'pass', evidence: `${count} rules` }, ...findings]
}

function listed(all: readonly string[]): string {
  const most = 5
  return all.length <= most ? all.join('; ') : `${all.slice(0, most).join('; ')}; and ${all.length - most} more`
}
