import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Check } from '../command/outcome.ts'
import { DbopsError, type DbopsErrorCode } from '../errors.ts'
import { connectServer } from './connect.ts'
import { type ConnectionParameters, isSocketDirectory } from './parameters.ts'
import type { ServerClient } from './server-client.ts'

/** The stages of a connection, in their order. */
export const connectionStages = [
  'config',
  'dns',
  'tcp',
  'tls',
  'authentication',
  'database',
  'session',
  'privileges',
] as const
export type ConnectionStage = (typeof connectionStages)[number]

/** What a stage came to; the ones after a failure are not in the list. */
export interface StageResult {
  readonly stage: ConnectionStage
  readonly isFine: boolean
  readonly ms: number
  readonly detail: string
}

export interface ConnectionTest {
  readonly stages: readonly StageResult[]
  /** What failed, if anything did. */
  readonly failure: DbopsError | null
  readonly facts: SessionFacts | null
  /** What was asked of the session besides. */
  readonly further: readonly Check[]
}

/** Asks more of a session that came about. */
export type FurtherQuestions = (client: ServerClient, facts: SessionFacts) => Promise<readonly Check[]>

/** What the server says of the session. */
export interface SessionFacts {
  readonly version: string
  readonly user: string
  readonly database: string
  readonly tls: string | null
  readonly cipher: string | null
  readonly isReadOnly: boolean
  readonly isInRecovery: boolean
  readonly isSuperuser: boolean
  readonly connectionLimit: number
  readonly maxConnections: number
  readonly passwordEncryption: string
  readonly mayCreateInPublic: boolean
}

const stageOfCode: Partial<Record<DbopsErrorCode, ConnectionStage>> = {
  HOST_NOT_FOUND: 'dns',
  CONNECTION_REFUSED: 'tcp',
  CONNECTION_TIMEOUT: 'tcp',
  CONNECTION_LOST: 'tcp',
  DATABASE_MISSING: 'database',
  PERMISSION_DENIED: 'database',
  TOO_MANY_CONNECTIONS: 'database',
  STARTING_UP: 'database',
  WRONG_SERVER_STATE: 'session',
}

/** Goes through the stages and stops at the first that fails. */
export async function testConnection(
  parameters: ConnectionParameters,
  ask: FurtherQuestions = async () => [],
): Promise<ConnectionTest> {
  const stages: StageResult[] = [{ stage: 'config', isFine: true, ms: 0, detail: `sslmode ${parameters.sslMode}` }]
  const startMs = performance.now()
  const unresolved = await firstUnresolved(parameters)
  if (unresolved !== null) {
    stages.push(stageResult('dns', false, startMs, unresolved.message))
    return { stages, failure: unresolved, facts: null, further: [] }
  }
  stages.push(stageResult('dns', true, startMs, 'every host resolves'))
  const connectStartMs = performance.now()
  try {
    const client = await connectServer(parameters)
    try {
      stages.push(...reached(parameters, client, connectStartMs))
      const factsStartMs = performance.now()
      const facts = await sessionFacts(client)
      stages.push(
        stageResult('session', true, factsStartMs, `PostgreSQL ${facts.version}, ${facts.user} in ${facts.database}`),
      )
      stages.push({
        stage: 'privileges',
        isFine: true,
        ms: 0,
        detail: facts.isSuperuser ? 'superuser' : 'no superuser',
      })
      return { stages, failure: null, facts, further: await ask(client, facts) }
    } finally {
      await client.end()
    }
  } catch (error) {
    const failure = error instanceof DbopsError ? error : new DbopsError('INTERNAL', String(error), { cause: error })
    const stage =
      stageOfCode[failure.code] ??
      (failure.code.startsWith('TLS_') && failure.code !== 'TLS_REQUIRED' ? 'tls' : 'authentication')
    stages.push(stageResult(stage, false, connectStartMs, failure.message))
    return { stages, failure, facts: null, further: [] }
  }
}

/** A failed stage, or nothing. */
function stageResult(stage: ConnectionStage, isFine: boolean, startMs: number, detail: string): StageResult {
  return { stage, isFine, ms: Math.round(performance.now() - startMs), detail }
}

function reached(parameters: ConnectionParameters, client: ServerClient, startMs: number): StageResult[] {
  const ms = Math.round(performance.now() - startMs)
  const tls = client.tlsSocket
  const detail = tls === null ? 'in clear' : `${tls.getProtocol()} ${tls.getCipher().name}`
  return [
    { stage: 'tcp', isFine: true, ms, detail: `${client.host}:${client.port}` },
    { stage: 'tls', isFine: true, ms, detail },
    { stage: 'authentication', isFine: true, ms, detail: `as ${parameters.user}` },
    { stage: 'database', isFine: true, ms, detail: parameters.database },
  ]
}

async function firstUnresolved({ hosts }: ConnectionParameters): Promise<DbopsError | null> {
  for (const { host } of hosts) {
    if (isSocketDirectory(host) || isIP(host) !== 0) continue
    try {
      await lookup(host)
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      return new DbopsError('HOST_NOT_FOUND', `the name ${host} does not resolve (${code})`, {
        hint: 'check the spelling and the DNS of this machine; names of containers resolve only inside their network',
        cause,
      })
    }
  }
  return null
}

/** Asks the server about this very session. */
export async function sessionFacts(client: ServerClient): Promise<SessionFacts> {
  const { rows } = await client.query<SessionFacts>(`
    select current_setting('server_version') as version, current_user::text as user, current_database()::text as database,
      s.version as tls, s.cipher as cipher, current_setting('transaction_read_only') = 'on' as "isReadOnly",
      pg_is_in_recovery() as "isInRecovery", r.rolsuper as "isSuperuser", r.rolconnlimit as "connectionLimit",
      current_setting('max_connections')::int as "maxConnections", current_setting('password_encryption') as "passwordEncryption",
      coalesce(has_schema_privilege(to_regnamespace('public'), 'create'), false) as "mayCreateInPublic"
    from pg_roles r left join pg_stat_ssl s on s.pid = pg_backend_pid() where r.rolname = current_user`)
  return rows[0]
}

/** What is expected of an application's login, each with its verdict. */
export function connectionChecks(test: ConnectionTest, needsTls: boolean): Check[] {
  return [...stageChecks(test), ...(test.facts === null ? [] : usualChecks(test.facts, needsTls)), ...test.further]
}

/** The stages as checks. */
export function stageChecks({ stages }: ConnectionTest): Check[] {
  return stages.map(({ stage, isFine, ms, detail }) => ({
    id: `conn.${stage}`,
    title: `stage ${stage}`,
    verdict: isFine ? 'pass' : 'fail',
    tier: 'critical',
    evidence: `${detail} (${ms} ms)`,
  }))
}

function usualChecks(facts: SessionFacts, needsTls: boolean): Check[] {
  const checks: Check[] = []
  const expect = (
    id: string,
    title: string,
    isFine: boolean,
    evidence: string,
    remediation: string,
    isHard = true,
  ): void => {
    checks.push({
      id,
      title,
      verdict: isFine ? 'pass' : isHard ? 'fail' : 'warn',
      tier: isHard ? 'critical' : 'recommended',
      evidence,
      remediation,
    })
  }
  expect(
    'conn.scram',
    'new passwords are stored as SCRAM',
    facts.passwordEncryption === 'scram-sha-256',
    facts.passwordEncryption,
    "alter system set password_encryption = 'scram-sha-256'",
  )
  expect(
    'conn.tls-used',
    'this session is encrypted',
    facts.tls !== null || !needsTls,
    facts.tls ?? 'in clear',
    'sslmode=verify-full',
    needsTls,
  )
  expect(
    'conn.superuser',
    'the login is no superuser',
    !facts.isSuperuser,
    facts.isSuperuser ? 'superuser' : 'ordinary role',
    'dbops roles plan',
    false,
  )
  expect(
    'conn.limit',
    'the login has a connection limit',
    facts.connectionLimit >= 0,
    String(facts.connectionLimit),
    `alter role ${facts.user} connection limit 50`,
    false,
  )
  expect(
    'conn.public-create',
    'the login may not create in schema public',
    !facts.mayCreateInPublic,
    String(facts.mayCreateInPublic),
    'revoke create on schema public from public',
    false,
  )
  return checks
}
