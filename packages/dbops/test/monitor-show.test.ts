import { connectServer, parseConnection } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serverViews } from '../src/monitor/server-views.ts'
import { newCommandLine } from './support/command.ts'

const { run, remove } = newCommandLine()
let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({ settings: { max_prepared_transactions: '2', wal_level: 'logical' } })
  cluster.sql('create database shop; create database bare; create role app_monitor login in role pg_monitor')
  cluster.sql(
    `create table parent (a int primary key, b int, unique (b, a)); create table child (p int references parent, q int references parent);
    create index on child (q); create table swollen (n int, t text) with (autovacuum_enabled = off);
    insert into swollen select n, repeat('x', 500) from generate_series(1, 5000) n; analyze swollen; delete from swollen where n % 10 > 0; vacuum analyze swollen;
    create sequence nearly maxvalue 100; select setval('nearly', 99); create sequence fresh;
    select pg_create_physical_replication_slot('forgotten', true)`,
    'shop',
  )
  cluster.sql("begin; insert into parent values (1, 1); prepare transaction 'odd ''gid'", 'shop')
})
afterAll(async () => {
  cluster.sql("rollback prepared 'odd ''gid'", 'shop')
  remove()
  await cluster.stop()
})

const rowsOf = async (what: string, database = 'shop', user = 'app_monitor') => {
  const ran = await run('monitor', 'show', what, '--url', cluster.url(database, user), '--format', 'json')
  expect(ran.exitCode, ran.stderr).toBe(0)
  return ran.json().data as Record<string, unknown>[]
}

describe('T43 monitor show', () => {
  it.each(Object.keys(serverViews))('%s never fails, on a busy and a bare database, for whoever asks', async (what) => {
    for (const user of ['app_monitor', 'postgres']) {
      await rowsOf(what, 'shop', user)
      await rowsOf(what, 'bare', user)
    }
  })

  it('tells what is wrong', async () => {
    expect(await rowsOf('prepared')).toMatchObject([{ gid: "odd 'gid", database: 'shop' }])
    const swollen = async (user: string) =>
      (await rowsOf('tables', 'shop', user)).find(({ table }) => table === 'swollen')
    expect(await swollen('app_monitor')).toMatchObject({ vacuumed: expect.any(String), bloatRatio: null })
    expect(Number((await swollen('postgres'))?.bloatRatio)).toBeGreaterThan(0.7)
    expect(await rowsOf('sequences', 'shop', 'postgres')).toMatchObject([
      { sequence: 'public.nearly', used: 0.99 },
      { sequence: 'public.fresh' },
    ])
    expect(await rowsOf('foreign-keys')).toMatchObject([{ table: 'child', foreignKey: 'child_p_fkey' }])
    expect(await rowsOf('replication')).toMatchObject([{ kind: 'slot', name: 'forgotten', state: 'idle' }])
    expect(await rowsOf('wal')).toMatchObject([{ archiveMode: 'off', failed: 0 }])
    const client = await connectServer(parseConnection(cluster.url('shop')))
    await client.query('begin; select pg_current_xact_id()')
    expect((await rowsOf('transactions')).map(({ state }) => state)).toContain('idle in transaction')
    await client.end()
    expect((await run('monitor', 'show', 'toString', '--url', cluster.url())).exitCode).toBe(2)
  })
})
