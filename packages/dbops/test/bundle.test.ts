import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { conceal, concealDeep, concealLog } from '../src/diagnose/conceal.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

const CANARY = 'canary-Zk4.bundle_Value-77'

describe('T106 a bundle for somebody else', () => {
  it('holds what helps, and the canary nowhere, wherever it stood', async () => {
    const cluster = await clusterOfTest({
      hba: [
        'local all all trust',
        'host all postgres 127.0.0.1/32 trust',
        'host all app 127.0.0.1/32 scram-sha-256',
        `host all ldap 10.0.0.0/8 ldap ldapserver=l.example ldapbasedn="dc=x" ldapbinddn=b ldapbindpasswd="${CANARY}"`,
        `host all radius 10.0.0.0/8 radius radiusservers=127.0.0.1 radiussecrets="${CANARY}"`,
      ],
      settings: {
        log_statement: 'all',
        shared_preload_libraries: 'pg_stat_statements',
        archive_mode: 'on',
        archive_command: `false backup:${CANARY} %f`,
        primary_conninfo: `host=standby.example password=${CANARY}`,
        ssl_passphrase_command: `echo ${CANARY}`,
      },
    })
    cluster.sql(`create extension pg_stat_statements; create role app login password '${CANARY}'; create table t (id int primary key, note text);
      insert into t values (1, '${CANARY}'); select pg_sleep(1.2), '${CANARY}' as a`)
    expect(() => cluster.sql(`alter role app pasword '${CANARY}'`)).toThrow()
    expect(() => cluster.sql(`insert into t values (1, '${CANARY}')`)).toThrow()
    const folder = scratchFolder()
    const log = join(folder, 'server.log')
    await expect.poll(() => cluster.log(), { timeout: 60_000 }).toContain(`(id)=(1) already exists`)
    writeFileSync(log, cluster.log())
    expect(cluster.log()).toContain(CANARY)
    // a command of its own that never saw the value as a secret
    const { run, remove } = newCommandLine()
    const path = join(folder, 'bundle.json')
    const ran = await run('diagnose', 'bundle', '--to-file', path, '--log', log, '--url', cluster.url())
    expect([ran.exitCode, ran.stdout], ran.stderr).toEqual([0, expect.stringContaining('0 of them missing')])
    const text = readFileSync(path, 'utf8')
    expect(text.split('\n').filter((line) => line.includes(CANARY))).toEqual([])
    expect(ran.stdout + ran.stderr).not.toContain(CANARY)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const bundle = JSON.parse(text) as Record<string, { found: unknown }>
    expect(bundle.settings.found).toContainEqual(expect.objectContaining({ name: 'archive_command', setting: '(set)' }))
    expect(bundle.settings.found).toContainEqual(expect.objectContaining({ name: 'log_statement', setting: 'all' }))
    expect(bundle.rules.found).toContainEqual(expect.objectContaining({ method: 'ldap', role: ['ldap'] }))
    expect(bundle.doctor.found).toContainEqual(expect.objectContaining({ id: 'settings.ssl', verdict: 'fail' }))
    expect(bundle.questions.found).toContainEqual(
      expect.objectContaining({ id: 'diagnose.slow-statements', verdict: 'fail' }),
    )
    expect(bundle.log.found).toContainEqual(expect.stringContaining("create role app login password '***'"))
    expect((await run('diagnose', 'bundle', '--to-file', path, '--url', cluster.url())).exitCode).toBe(7)
    remove()
  })

  it('is made without a server, and for a role that sees little, and says what is missing', async () => {
    const cluster = await clusterOfTest()
    cluster.sql('create role little login')
    const folder = scratchFolder()
    const { run, remove } = newCommandLine()
    const away = await run(
      'diagnose',
      'bundle',
      '--to-file',
      join(folder, 'a'),
      '--url',
      'postgresql://a@127.0.0.1:1/b',
    )
    expect([away.exitCode, existsSync(join(folder, 'a'))]).toEqual([8, true])
    expect(JSON.parse(readFileSync(join(folder, 'a'), 'utf8'))).toMatchObject({
      connection: { found: expect.arrayContaining([expect.objectContaining({ stage: 'tcp', isFine: false })]) },
      server: { missing: expect.any(String) },
    })
    const url = cluster.url('postgres', 'little')
    const little = await run('diagnose', 'bundle', '--to-file', join(folder, 'b'), '--url', url)
    expect([little.exitCode, little.stdout]).toEqual([8, expect.stringContaining('rules: permission denied')])
    remove()
  })
})

describe('T106 texts of others', () => {
  it.each([
    [`alter user a password '${CANARY}'`],
    [`PGPASSWORD=${CANARY} psql`],
    [`postgresql://a:${CANARY}@h/d`],
    [`https://a:${CANARY}@h/d`],
    [`host=h password='${CANARY}' user=u`],
    [`AWS_SECRET_ACCESS_KEY=${CANARY}`],
    [`-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`],
    [`{"password": "${CANARY}"}`],
  ])('are without the secret of %j', (text) => {
    expect(conceal(text)).not.toContain(CANARY)
  })

  it('lose the values of fields that name secrets, and keep settings that only sound so', () => {
    expect(
      concealDeep({ password: CANARY, list: [{ ssl_passphrase: CANARY }], password_encryption: 'scram-sha-256' }),
    ).toEqual({
      password: '***',
      list: [{ ssl_passphrase: '***' }],
      password_encryption: 'scram-sha-256',
    })
  })

  it.each([
    [`STATEMENT:  insert into t values ('it''s ${CANARY}', 1)`],
    [`STATEMENT:  select $body$ ${CANARY} $body$`],
    [`DETAIL:  Key (note)=(${CANARY}) already exists.`],
    [`DETAIL:  parameters: $1 = '${CANARY}'`],
    [`STATEMENT:  insert into t values ('${CANARY} goes on`],
  ])('of logs are without rows: %j', (line) => {
    expect(concealLog(line)).not.toContain(CANARY)
  })
})
