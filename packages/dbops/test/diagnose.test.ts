import { connectServer, parseConnection } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newCommandLine } from './support/command.ts'

let cluster: TestCluster
const variables: Record<string, string> = { PGPASSWORD: 'right-password-1' }
const { run, remove } = newCommandLine(variables)
beforeAll(async () => {
  cluster = await startCluster({
    hba: ['local all all trust', 'host all refused all reject', 'host all all 127.0.0.1/32 scram-sha-256'],
    settings: { autovacuum: 'off', archive_mode: 'on', archive_command: 'false', wal_level: 'logical' },
  })
  variables.ADMIN_URL = `postgresql://postgres@${encodeURIComponent(cluster.socketFolder)}:${cluster.port}/postgres`
  cluster.sql(
    "create role app login password 'right-password-1'; create role closed password 'right-password-1'; create role late login password 'right-password-1' valid until '2020-01-01'; create role bare login; create role full login password 'right-password-1' connection limit 0; create role refused login; create database private; revoke all on database private from public",
  )
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

const failuresOf = (ran: { json(): { checks: { id: string; verdict: string }[] } }): string[] =>
  ran
    .json()
    .checks.filter(({ verdict }) => verdict === 'fail')
    .map(({ id }) => id)

describe('T40 diagnose connect', () => {
  it.each([
    ['nobody', 'postgres', 'diagnose.role'],
    ['closed', 'postgres', 'diagnose.login'],
    ['late', 'postgres', 'diagnose.expiry'],
    ['bare', 'postgres', 'diagnose.password'],
    ['full', 'postgres', 'diagnose.limit'],
    ['app', 'private', 'diagnose.connect'],
    ['app', 'nowhere', 'diagnose.database'],
    ['refused', 'postgres', 'diagnose.rule'],
  ])('finds why %s does not get into %s', async (role, database, id) => {
    const url = `${cluster.url(database, role)}?sslmode=disable`
    const ran = await run('diagnose', 'connect', '--url', url, '--admin-variable', 'ADMIN_URL', '--format', 'json')
    expect(ran.exitCode).not.toBe(0)
    const found = failuresOf(ran).filter((one) => !/authentication|tls|tcp|session/.test(one))
    expect(found).toContain(id)
    expect(found.filter((one) => one !== id && one !== 'diagnose.database')).toEqual([])
  })

  it('finds nothing where the login gets in', async () => {
    const ran = await run(
      'diagnose',
      'connect',
      '--url',
      `${cluster.url('postgres', 'app')}?sslmode=disable`,
      '--admin-variable',
      'ADMIN_URL',
      '--format',
      'json',
    )
    expect([ran.exitCode, failuresOf(ran)]).toEqual([0, []])
  })
})

describe('T43 diagnose slow and disk', () => {
  const diagnose = async (what: string) =>
    await run('diagnose', what, '--url', variables.ADMIN_URL ?? '', '--format', 'json')

  it('names who waits for whom', async () => {
    cluster.sql('create table held (n int)')
    const admin = parseConnection(variables.ADMIN_URL ?? '')
    const [holder, waiter] = [await connectServer(admin), await connectServer(admin)]
    await holder.query('begin; lock table held in access exclusive mode')
    const waiting = waiter.query('select * from held')
    await expect.poll(async () => failuresOf(await diagnose('slow'))).toContain('diagnose.blocked')
    await holder.query('commit')
    await waiting
    await Promise.all([holder.end(), waiter.end()])
    expect(failuresOf(await diagnose('slow'))).not.toContain('diagnose.blocked')
  })

  it('names dead rows, and says what it could not ask', async () => {
    cluster.sql(
      'create table worn (n int); insert into worn select generate_series(1, 5000); delete from worn where n > 100',
    )
    await expect.poll(async () => failuresOf(await diagnose('slow'))).toContain('diagnose.dead-rows')
    const ran = await diagnose('slow')
    expect(ran.json().checks).toContainEqual(
      expect.objectContaining({ id: 'diagnose.slow-statements', verdict: 'skipped' }),
    )
    expect(ran.json().summary).toContain('could not be asked')
  })

  it('names an archive that fails and a slot nobody reads', async () => {
    cluster.sql('select pg_switch_wal()')
    cluster.sql("select pg_create_physical_replication_slot('forgotten', true)")
    await expect
      .poll(async () => failuresOf(await diagnose('disk')), { timeout: 60_000 })
      .toEqual(expect.arrayContaining(['diagnose.archive', 'diagnose.slots']))
    const unprivileged = await run(
      'diagnose',
      'disk',
      '--url',
      `${cluster.url('postgres', 'app')}?sslmode=disable`,
      '--format',
      'json',
    )
    expect(unprivileged.json().checks).toContainEqual(
      expect.objectContaining({ id: 'diagnose.wal', verdict: 'skipped' }),
    )
  })
})
