import { connectServer, parseConnection } from '@pcap-analyzer/dbops'
import { describe, expect, it } from 'vitest'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine } from './support/command.ts'

describe('T43 emergency unblock', () => {
  it('ends who holds up the others, and nobody who only waits', async () => {
    const cluster = await clusterOfTest()
    const { run, remove } = newCommandLine()
    cluster.sql('create table held (n int); create table other (n int)')
    const session = (applicationName: string) => connectServer({ ...parseConnection(cluster.url()), applicationName })
    const [root, middle, leaf] = [await session('root'), await session('middle'), await session('leaf')]
    await root.query('begin; lock table held in access exclusive mode')
    await middle.query('begin; lock table other in access exclusive mode')
    const waits = [middle.query('lock table held in access exclusive mode'), leaf.query('select * from other')]
    await expect
      .poll(() => cluster.sql("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"), {
        timeout: 60_000,
      })
      .toBe('2')
    const plan = await run('emergency', 'unblock', '--url', cluster.url())
    expect([plan.exitCode, plan.stdout]).toEqual([0, expect.stringMatching(/root {2}idle in transaction.*holds up 2/)])
    expect(plan.stdout).not.toContain('middle')
    const words = ['emergency', 'unblock', '--url', cluster.url(), '--apply']
    expect((await run(...words, '--environment', 'production', '--waive-tls')).exitCode).toBe(7)
    const done = await run(...words)
    expect([done.exitCode, done.stdout], done.stderr).toEqual([0, expect.stringContaining('ended 1 session(s)')])
    await waits[0]
    await middle.query('commit')
    await waits[1]
    await expect(root.query('select 1')).rejects.toThrow()
    await Promise.all([middle.end(), leaf.end()])
    remove()
  })
})

describe('T102 emergency read-only', () => {
  it('stops writing, and lets it go on', async () => {
    const cluster = await clusterOfTest()
    const { run, remove } = newCommandLine()
    cluster.sql('create database app')
    cluster.sql('create table t (n int)', 'app')
    const before = await connectServer(parseConnection(cluster.url('app')))
    const state = (word: string) => run('emergency', 'read-only', word, '--url', cluster.url('app'), '--apply')
    expect((await state('on')).stdout).toContain('app is read-only for new sessions, 1 other(s) ended')
    await expect(before.query('select 1')).rejects.toThrow()
    expect(() => cluster.sql('insert into t values (1)', 'app')).toThrow(/read-only transaction/)
    expect((await state('off')).exitCode).toBe(0)
    cluster.sql('insert into t values (1)', 'app')
    expect((await state('maybe')).exitCode).toBe(2)
    remove()
  })
})
