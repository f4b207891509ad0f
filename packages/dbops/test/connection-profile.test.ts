import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newCommandLine } from './support/command.ts'

const { run, stateFolder, remove } = newCommandLine()
let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster()
  cluster.sql(
    'create database shop; create role app login connection limit 20; revoke create on database shop from public',
  )
  cluster.sql(
    `create schema app; grant usage on schema app to app;
    create table app."Odd ""table""" (n int primary key, at timestamptz default now(), s serial);
    create table app.plain (n int, s serial); create table app.hidden (version_num text); create table app.alembic_version (version_num text);
    insert into app.alembic_version values ('42'); insert into app.hidden values ('42');
    grant select, insert on app."Odd ""table""", app.plain to app; grant usage on all sequences in schema app to app;
    grant select on app.alembic_version to app; alter role app set statement_timeout = '1min'`,
    'shop',
  )
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

let count = 0
async function tested(profile: string, ...more: string[]) {
  const path = join(stateFolder, `profile-${count++}.yaml`)
  writeFileSync(path, profile)
  const ran = await run(
    'conn',
    'test',
    '--url',
    cluster.url('shop', 'app'),
    '--profile',
    path,
    '--format',
    'json',
    ...more,
  )
  const verdicts = () =>
    Object.fromEntries(ran.json().checks.map(({ id, verdict, evidence }) => [id, `${verdict} ${evidence}`]))
  return { ...ran, verdicts }
}

describe('T40 a profile', () => {
  it('passes what it asks for, and asks for nothing else', async () => {
    const ran = await tested(`assertions:
  - {assert: scram}
  - {assert: not-superuser}
  - {assert: connection-limit, most: 20}
  - {assert: no-create}
  - {assert: no-create, schema: app}
  - {assert: writable}
  - {assert: setting, name: statement_timeout, value: 1min}
  - {assert: table, name: app.plain}
  - {assert: extension, name: plpgsql, version: '1.0'}
  - {assert: schema-version, table: app.alembic_version, column: version_num, value: 42}
`)
    expect(ran.exitCode, ran.stdout).toBe(0)
    expect(ran.json().checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([])
    expect(ran.json().checks.map(({ id }) => id)).not.toContain('conn.public-create')
  })

  it('fails by its own severities: what is optional only warns', async () => {
    const wrong = (severity: string) => `assertions:
  - {assert: tls, severity: ${severity}}
  - {assert: read-only, severity: ${severity}}
  - {assert: connection-limit, most: 19, severity: ${severity}}
  - {assert: setting, name: statement_timeout, value: 2min, severity: ${severity}}
  - {assert: setting, name: no.such_setting, value: x, severity: ${severity}}
  - {assert: table, name: app.hidden, severity: ${severity}}
  - {assert: table, name: app.missing, severity: ${severity}}
  - {assert: extension, name: pg_stat_statements, severity: ${severity}}
  - {assert: schema-version, table: app.hidden, column: version_num, value: '42', severity: ${severity}}
`
    const hard = await tested(wrong('recommended'))
    expect(hard.exitCode).toBe(1)
    expect(hard.verdicts()).toMatchObject({
      'conn.profile.tls': 'fail in clear',
      'conn.profile.read-only': 'fail writable',
      'conn.profile.connection-limit': 'fail 20',
      'conn.profile.setting.statement_timeout': 'fail 1min',
      'conn.profile.setting.no.such_setting': 'fail unknown to this server',
      'conn.profile.table.app.hidden': 'fail there, but may not be read',
      'conn.profile.table.app.missing': 'fail not there',
      'conn.profile.extension.pg_stat_statements': 'fail not installed',
      'conn.profile.schema-version': expect.stringContaining('fail 42501'),
    })
    const soft = await tested(wrong('optional'))
    expect([soft.exitCode, soft.json().checks.filter(({ verdict }) => verdict === 'fail')]).toEqual([0, []])
    const admin = join(stateFolder, 'admin.yaml')
    writeFileSync(admin, 'assertions: [{assert: not-superuser}, {assert: no-create}]\n')
    const superuser = await run('conn', 'test', '--url', cluster.url('shop'), '--profile', admin)
    expect([superuser.exitCode, superuser.stdout]).toEqual([1, expect.stringContaining('postgres is one')])
  })

  it.each([
    ['', 'assertions is no list'],
    ['assertions: []', 'assertions is no list'],
    ['assertions: [{assert: nonsense}]', 'assertion 1: "nonsense" is unknown'],
    ['assertions: [{assert: toString}]', '"toString" is unknown'],
    ['assertions: [tls]', 'is unknown'],
    ['assertions: [{assert: tls}, {assert: table}]', 'assertion 2: name is missing'],
    ['assertions: [{assert: tls, severity: high}]', 'severity "high"'],
    ['assertions: [{assert: tls, nmae: x}]', '"nmae" is unknown'],
    ['assertions: [{assert: setting, name: [a], value: b}]', 'name is no single value'],
    ['assertions: [{assert: tls}]\nmore: 1', 'key "more" is unknown'],
    ['assertions: [', ':'],
  ])('%j is refused', async (profile, message) => {
    expect(await tested(profile)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) })
  })
})

describe('T40 a write probe', () => {
  const probe = async (table: string, user = 'app') =>
    await run('conn', 'test', '--url', cluster.url('shop', user), '--write-probe', table)

  it('writes, and leaves nothing', async () => {
    const before = cluster.sql('select count(*) from app.plain', 'shop')
    expect(await probe('app.plain')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('a row was written'),
    })
    expect(await probe('app."Odd ""table"""')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('a constraint refuses an empty row (23502'),
    })
    expect(cluster.sql('select count(*) from app.plain', 'shop')).toBe(before)
  })

  it('fails where the right, the table or the server does not let it', async () => {
    expect(await probe('app.hidden')).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('42501') })
    expect(await probe('app.missing')).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('not there') })
    expect((await probe('app.plain; drop table app.plain')).exitCode).toBe(1)
    cluster.sql('alter role app set default_transaction_read_only = on')
    expect(await probe('app.plain')).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('25006') })
    cluster.sql('alter role app reset default_transaction_read_only')
  })
})
