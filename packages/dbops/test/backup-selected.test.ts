import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { seedShop } from './support/shop.ts'

let cluster: TestCluster
const { run, remove } = newCommandLine()
beforeAll(async () => {
  cluster = await startCluster()
  cluster.sql('create database shop')
  seedShop(cluster, 'shop')
  cluster.sql(
    'create schema "A B"; create table "A B".t as select 7 as n; create table public.p as select 1 as n',
    'shop',
  )
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

describe('T54 a restore of a part', () => {
  it.each([
    ['one program', '1'],
    ['several programs', '3'],
  ])(
    'of a dump by %s brings a schema whole, or the rows of a table, compared; never live, and nothing that is not there',
    async (_, jobs) => {
      const from = scratchFolder()
      const create = ['backup', 'create', '--url', cluster.url('shop'), '--to', from, '--jobs', jobs]
      expect((await run(...create)).exitCode).toBe(0)
      const restore = async (...words: string[]) => {
        cluster.sql('drop database if exists part')
        const line = ['backup', 'restore', '--from', from, '--url', cluster.url(), '--into', 'part', '--apply']
        const ran = await run(...line, ...words)
        return [ran.exitCode, ran.stderr.match(/error: .*/)?.[0]]
      }
      const tables = () =>
        cluster.sql(
          "select string_agg(oid::regclass::text, ' ' order by 1) from pg_class where relkind = 'r' and relnamespace::regnamespace::text !~ '^pg_|^information'",
          'part',
        )
      const count = (table: string) => cluster.sql(`select count(*) from ${table}`, 'part')
      expect(await restore('--schema', 'app')).toEqual([0, undefined])
      expect([count('app.orders'), count('app.log'), tables().includes('"A B".t')]).toEqual(['2000', '500', false])
      expect(cluster.sql("select count(*) from pg_constraint where contype = 'f'", 'part')).toBe('1')
      expect(await restore('--schema', 'A B')).toEqual([0, undefined])
      expect(tables()).toBe('"A B".t')
      expect(await restore('--table', 'app.log')).toEqual([0, undefined])
      expect([count('app.log'), count('app.orders')]).toEqual(['500', '0'])
      expect(await restore('--table', 'app.none')).toEqual([2, expect.stringContaining('no table app.none')])
      expect(await restore('--table', 'log')).toEqual([2, expect.any(String)])
      const live = await run(
        'backup',
        'restore',
        '--from',
        from,
        '--url',
        cluster.url(),
        '--schema',
        'app',
        '--swap',
        'shop',
        '--apply',
      )
      expect(live.exitCode).toBe(7)
      expect(cluster.sql("select count(*) from pg_database where datname like 'dbops%'")).toBe('0')
    },
  )
})

describe('T54 a backup of a part', () => {
  const create = async (to: string, ...words: string[]) => {
    const ran = await run('backup', 'create', '--url', cluster.url('shop'), '--to', to, '--format', 'json', ...words)
    return { exitCode: ran.exitCode, error: ran.stderr.match(/error: .*/)?.[0], rows: ran.stdout && ran.json().data }
  }

  it.each([
    ['--table', 'app.none', /no table app\.none/],
    ['--table', 'none', /no table none/],
    ['--table', 'p', /no table p/],
    ['--table', 'app.*', /no table app\.\*/],
    ['--exclude', 'app.none', /no table app\.none/],
    ['--schema', 'none', /no schema none/],
  ])('is refused with the name, before anything is written, when %s %s is nothing', async (flag, pattern, words) => {
    const to = scratchFolder()
    const before = join(to, 'hook-ran')
    const ran = await create(to, flag, pattern, '--before', `touch ${before}`)
    expect(ran).toMatchObject({ exitCode: 2, error: expect.stringMatching(words) })
    expect(readdirSync(to)).toEqual([])
  })

  it('is refused when tables would keep pg_dump from the schemas', async () => {
    const ran = await create(scratchFolder(), '--schema', 'app', '--table', 'public.p')
    expect(ran).toMatchObject({ exitCode: 2, error: expect.stringContaining('leaves out schemas') })
  })

  it('holds and proves the same tables, whatever their names', async () => {
    cluster.sql('create table "x*.Y" as select generate_series(1, 3); create view public.v as select 1', 'shop')
    const to = scratchFolder()
    const made = await create(to, '--table', 'public.x*.Y', '--table', 'public.p', '--table', 'public.v')
    expect(made).toMatchObject({ exitCode: 0, rows: { rows: 4 } })
    cluster.sql('drop database if exists part')
    const line = ['backup', 'restore', '--from', to, '--url', cluster.url(), '--into', 'part', '--apply']
    expect((await run(...line)).exitCode).toBe(0)
    expect(cluster.sql('select count(*) from "x*.Y"', 'part')).toBe('3')
  })
})

describe('T54 names of tables that hold dots', () => {
  it('are understood in quotes, and without where only one table can be meant', async () => {
    cluster.sql(
      'create schema "my.schema"; create schema my; create table "my.schema"."t.1" as select 1 as n; create table my."schema.t.1" as select generate_series(1, 2)',
      'shop',
    )
    const to = scratchFolder()
    const create = ['backup', 'create', '--url', cluster.url('shop'), '--to', to, '--exclude', '"public"."p"']
    expect((await run(...create)).exitCode).toBe(0)
    const restore = async (table: string) => {
      cluster.sql('drop database if exists part')
      const line = ['backup', 'restore', '--from', to, '--url', cluster.url(), '--into', 'part', '--apply']
      const ran = await run(...line, '--table', table)
      return [ran.exitCode, ran.stderr.match(/error: .*/)?.[0]]
    }
    expect(await restore('my.schema.t.1')).toEqual([2, expect.stringContaining('may be')])
    expect(await restore('"my.schema"."t.1"')).toEqual([0, undefined])
    expect(cluster.sql('select count(*) from "my.schema"."t.1"', 'part')).toBe('1')
    expect(await restore('my."schema.t.1"')).toEqual([0, undefined])
    expect(cluster.sql('select count(*) from my."schema.t.1"', 'part')).toBe('2')
    expect(await restore('public.p')).toEqual([2, expect.stringContaining('no table public.p')])
    cluster.sql('drop schema my cascade', 'shop')
    const again = scratchFolder()
    expect(
      (await run('backup', 'create', '--url', cluster.url('shop'), '--to', again, '--table', '"my.schema"."t.1"'))
        .exitCode,
    ).toBe(0)
    cluster.sql('drop database if exists part')
    const line = ['backup', 'restore', '--from', again, '--url', cluster.url(), '--into', 'part', '--apply']
    expect((await run(...line, '--table', 'my.schema.t.1')).exitCode).toBe(0)
    expect(cluster.sql('select count(*) from "my.schema"."t.1"', 'part')).toBe('1')
  })
})
