import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectServer, type DbopsError, parseConnection, Secret, serverError } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { DatabaseError } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ingestServerLog } from '../src/audit/server-log.ts'
import { usedLines } from '../src/hba/hba-usage.ts'
import { runAgainstServer } from '../src/run.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

const GERMAN = 'de_DE.UTF-8'
/** Where German messages of a server are not to be had, these tests are skipped, and the played ones below remain. */
const locales = makeLocale()
let cluster: TestCluster
const { run, remove } = newCommandLine({ PGPASSWORD: 'right-password-1' })

/** A folder with the German locale, made by the machine itself; null where it cannot. */
function makeLocale(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'dbops-locales-'))
  chmodSync(folder, 0o755) // the server is somebody else
  const made = spawnSync('localedef', ['-i', 'de_DE', '-f', 'UTF-8', join(folder, GERMAN)])
  const hasWords = spawnSync('sh', ['-c', 'ls /usr/share/locale/de/LC_MESSAGES/postgres-*.mo']).status === 0
  if (made.status === 0 && hasWords) return folder
  rmSync(folder, { recursive: true, force: true })
  return null
}

describe.skipIf(locales === null)('T40 a server that speaks German', () => {
  beforeAll(async () => {
    cluster = await startCluster({
      hba: [
        'local all all trust',
        'host all,replication postgres 127.0.0.1/32 trust',
        'host app app 127.0.0.1/32 scram-sha-256',
        'host app closed 127.0.0.1/32 scram-sha-256',
        'host postgres app 127.0.0.1/32 scram-sha-256',
        'host replication app 127.0.0.1/32 scram-sha-256',
        'host nowhere all 127.0.0.1/32 scram-sha-256',
        'hostssl all tls 127.0.0.1/32 scram-sha-256',
      ],
      settings: { log_connections: 'on', log_line_prefix: '%m [%p] %q%u@%d %h %e ' },
      variables: { LOCPATH: locales ?? '' },
    })
    cluster.sql(
      "create role app login password 'right-password-1'; create role closed password 'right-password-1'; create role tls login; create role other login password 'right-password-1'; create database app; create table kept (n int)",
    )
    cluster.sql(`alter system set lc_messages = '${GERMAN}'`)
    cluster.reload()
  })
  afterAll(async () => {
    remove()
    await cluster.stop()
    rmSync(locales ?? '', { recursive: true, force: true })
  })
  const url = (database: string, role: string) => `${cluster.url(database, role)}?sslmode=disable`
  const failureOf = async (database: string, role: string, password = 'right-password-1') =>
    await connectServer({ ...parseConnection(url(database, role)), password: new Secret(password) }).then(
      () => null,
      (error) => error as DbopsError,
    )

  it('really does', async () => {
    await expect.poll(() => cluster.sql('show lc_messages'), { timeout: 60_000 }).toBe(GERMAN)
    expect((await failureOf('app', 'app', 'wrong'))?.message).toContain('fehlgeschlagen')
  })

  it.each([
    ['a wrong password', 'app', 'app', 'wrong', 'AUTHENTICATION_FAILED'],
    ['an unknown role', 'nowhere', 'nobody', 'x', 'AUTHENTICATION_FAILED'],
    ['a role that may not log in', 'app', 'closed', 'right-password-1', 'AUTHENTICATION_FAILED'],
    ['no rule for it in clear', 'app', 'tls', 'x', 'TLS_REQUIRED'],
    ['a database that is not there', 'nowhere', 'app', 'right-password-1', 'DATABASE_MISSING'],
  ] as const)('is understood about %s', async (_, database, role, password, code) => {
    expect(await failureOf(database, role, password)).toMatchObject({ code })
  })

  it('is understood when its programs are refused: the exit code is that of the refusal', async () => {
    const to = scratchFolder()
    const exit = async (...words: string[]) => {
      const { exitCode, stderr } = await run(...words)
      return [exitCode, /FATAL|FEHLER|error/.test(stderr)]
    }
    const physical = ['backup', 'physical', '--to', to]
    expect(await exit(...physical, '--url', url('app', 'app'))).toEqual([4, true]) // no REPLICATION
    expect(await exit(...physical, '--url', url('app', 'other'))).toEqual([4, true]) // no rule
    expect(await exit(...physical, '--url', 'postgresql://a@127.0.0.1:1/b?sslmode=disable')).toEqual([3, true])
  })

  it('is understood when its programs are refused a table, a policy or a statement after they were let in', async () => {
    cluster.sql(
      'create schema s; grant usage on schema s to app; create table s.hidden (n int); create table s."odd, (table" (n int, "m)" int); alter table s."odd, (table" enable row level security; grant select on s."odd, (table" to app; create policy p on s."odd, (table" using (true)',
      'app',
    )
    const parameters = { ...parseConnection(url('app', 'app')), password: new Secret('right-password-1') }
    const codeOf = async (program: string, args: readonly string[], input = '') => {
      const { child, ended } = runAgainstServer({ program, args, parameters, stdio: ['pipe', 'ignore'] })
      child.stdin?.on('error', () => {}).end(input)
      return await ended.then(
        () => 'none',
        (error: DbopsError) => `${error.code} ${/FEHLER/.test(error.message)}`,
      )
    }
    const database = ['--dbname', 'app', '--no-password']
    expect(await codeOf('pg_dump', [...database, '--table', 's.hidden'])).toBe('PERMISSION_DENIED true')
    expect(await codeOf('pg_dump', [...database, '--table', 's."odd, (table"'])).toBe('PERMISSION_DENIED true')
    const psql = (sql: string) => codeOf('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', '-', 'app'], sql)
    expect(await psql('select 1;\nselect * from s.hidden;\n')).toBe('PERMISSION_DENIED true')
    expect(await psql('select 1/0;\n')).toBe('CHILD_FAILED true')
    const archive = join(scratchFolder(), 'archive')
    writeFileSync(
      archive,
      execFileSync(join(cluster.binaries, 'pg_dump'), [
        '-h',
        cluster.socketFolder,
        '-p',
        String(cluster.port),
        '-U',
        'postgres',
        '-Fc',
        '-t',
        's.hidden',
        'app',
      ]),
    )
    expect(await codeOf('pg_restore', [...database, '--exit-on-error', archive])).toBe('PERMISSION_DENIED true')
    expect(cluster.sql("select count(*) from pg_tables where schemaname = 's'", 'app')).toBe('2')
  })

  it('is understood in its log: failed logins, refused ones, and the rules that were used', async () => {
    await failureOf('app', 'app', 'wrong')
    await failureOf('app', 'other')
    const client = await connectServer({
      ...parseConnection(url('app', 'app')),
      password: new Secret('right-password-1'),
    })
    await client.query('select 1/0').catch(() => {})
    await client.query('drop table if exists pg_authid').catch(() => {})
    await client.end()
    const counts = () => ingestServerLog(cluster.log(), { threshold: 1000, secrets: [] }).counts
    await expect.poll(() => counts().deniedRights, { timeout: 60_000 }).toBeGreaterThan(0)
    expect(cluster.log()).toContain('FEHLER')
    expect(counts().failedByUser.app).toBeGreaterThan(0)
    expect(counts().refusedByRules).toBeGreaterThan(0)
    await expect
      .poll(() => usedLines(cluster.log()), { timeout: 60_000 })
      .toContain(`${cluster.dataFolder}/pg_hba.conf:3`)
  })
})

describe('T40 words of other languages, played', () => {
  const refusal = (state: string, routine: string, message: string, isClear = false) => {
    const error = Object.assign(new DatabaseError(message, 0, 'error'), { code: state, routine })
    return serverError(error, isClear).code
  }
  it.each([
    ['28000', 'ClientAuthentication', 'aucune entrée dans pg_hba.conf pour l’hôte', true, 'TLS_REQUIRED'],
    ['28000', 'ClientAuthentication', 'aucune entrée dans pg_hba.conf pour l’hôte', false, 'NO_HBA_ENTRY'],
    [
      '28000',
      'ClientAuthentication',
      'la connexion requiert un certificat client valide',
      false,
      'TLS_CLIENT_CERTIFICATE',
    ],
    ['28000', 'InitializeSessionUserId', 'le rôle « x » n’est pas autorisé', true, 'AUTHENTICATION_FAILED'],
    ['28P01', 'auth_failed', 'échec de l’authentification', false, 'AUTHENTICATION_FAILED'],
    ['53300', 'InitPostgres', 'trop de connexions', false, 'TOO_MANY_CONNECTIONS'],
  ] as const)('%s of %s, "%s", clear %s, is %s', (state, routine, message, isClear, code) => {
    expect(refusal(state, routine, message, isClear)).toBe(code)
  })

  it('in a log without SQLSTATEs fail the check instead of passing it', () => {
    const log = "2026-11-22 10:00:00 UTC [1] FATALE :  échec de l'authentification\n"
    expect(ingestServerLog(log, { threshold: 1, secrets: [] }).checks).toContainEqual(
      expect.objectContaining({ id: 'audit.readable', verdict: 'fail' }),
    )
    const english = '2026-11-22 10:00:00 UTC [1] LOG:  ready\n'
    expect(ingestServerLog(english, { threshold: 1, secrets: [] }).checks.map(({ id }) => id)).not.toContain(
      'audit.readable',
    )
  })
})
