import { type Credential, DatabasePool, parseConnection, Secret } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newCommandLine } from './support/command.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({
    hba: ['local all all trust', 'host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256'],
  })
})
afterAll(() => cluster.stop())

describe('T41 a pool', () => {
  it('queues when it is saturated, then says so within the acquire timeout', async () => {
    const pool = new DatabasePool({ parameters: parseConnection(cluster.url()), size: 2, acquireTimeoutMs: 2_000 })
    const held = [await pool.connect(), await pool.connect()]
    await expect(pool.query('select 1')).rejects.toMatchObject({ code: 'POOL_EXHAUSTED' })
    const waiting = pool.query('select 2 as n')
    held[0].release()
    expect((await waiting).rows).toEqual([{ n: 2 }])
    held[1].release()
    expect(pool.occupancy).toMatchObject({ inUse: 0, waiting: 0, size: 2 })
    await pool.end()
  })

  it('survives a storm of terminated sessions without an unhandled error', async () => {
    const pool = new DatabasePool({ parameters: parseConnection(cluster.url()), size: 5, checkAfterIdleMs: 0 })
    await Promise.all(Array.from({ length: 5 }, () => pool.query('select pg_sleep(0.05)')))
    cluster.sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dbops'")
    const answers = await Promise.all(Array.from({ length: 20 }, () => pool.query('select 1 as n')))
    expect(answers).toHaveLength(20)
    await pool.end()
  })

  it('recovers after the server was restarted under load', async () => {
    const pool = new DatabasePool({ parameters: parseConnection(cluster.url()), size: 4, checkAfterIdleMs: 0 })
    let fine = 0
    let failed = 0
    let isOver = false
    const work = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        try {
          await pool.query('select 1')
          fine++
        } catch {
          failed++
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
    })
    await cluster.restart('immediate')
    const fineBefore = fine
    await expect.poll(() => fine - fineBefore, { timeout: 60_000 }).toBeGreaterThan(50)
    isOver = true
    await Promise.all(work)
    expect(failed).toBeGreaterThan(0)
    expect(
      Number(cluster.sql("select count(*) from pg_stat_activity where application_name = 'dbops'")),
    ).toBeLessThanOrEqual(4)
    await pool.end()
  })

  it('cancels a statement that takes longer than the command timeout', async () => {
    const pool = new DatabasePool({ parameters: parseConnection(cluster.url()), commandTimeoutMs: 2_000 })
    await expect(pool.query('select pg_sleep(600)')).rejects.toMatchObject({ code: 'TIMED_OUT' })
    expect((await pool.query('select 1 as n')).rows).toEqual([{ n: 1 }])
    await pool.end()
  })

  it('reads user and password anew for each session and once more after a refusal', async () => {
    cluster.sql(
      `create role pool_a login password 'first-password'; create role pool_b login password 'second-password'`,
    )
    const logins: Record<string, Credential> = {
      a: { user: 'pool_a', password: new Secret('first-password') },
      b: { user: 'pool_b', password: new Secret('second-password') },
    }
    let cached = logins.a
    let newest = logins.a
    const pool = new DatabasePool({
      parameters: parseConnection(cluster.url()),
      credentials: { current: async () => cached, refresh: async () => (cached = newest) },
    })
    const who = async () => (await pool.query<{ u: string }>('select current_user::text as u')).rows[0].u
    expect(await who()).toBe('pool_a')
    newest = logins.b
    cluster.sql('alter role pool_a nologin password null')
    await pool.replaceSessions()
    expect(await who()).toBe('pool_b')
    await pool.end()
  })

  it('keeps a transaction whole', async () => {
    const pool = new DatabasePool({ parameters: parseConnection(cluster.url()) })
    await pool.query('create table kept (n int)')
    await expect(
      pool.transaction(async (client) => {
        await client.query('insert into kept values (1)')
        throw new Error('stop')
      }),
    ).rejects.toThrow('stop')
    await pool.transaction((client) => client.query('insert into kept values (2)'))
    expect((await pool.query('select n from kept')).rows).toEqual([{ n: 2 }])
    await pool.end()
  })

  it('is tried by a command: times, saturation, recovery', async () => {
    const { run, remove } = newCommandLine()
    const tried = await run(
      'pool',
      'test',
      '--size',
      '3',
      '--clients',
      '8',
      '--queries',
      '30',
      '--url',
      cluster.url(),
      '--format',
      'json',
    )
    expect(tried.exitCode, tried.stdout).toBe(0)
    expect(tried.json().data).toMatchObject({
      queries: 240,
      failed: 0,
      peakSessions: 3,
      saturatesCleanly: true,
      recovers: true,
    })
    remove()
  })
})
