import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectServer, parseConnection } from '@pcap-analyzer/dbops'
import { beforeEach, describe, expect, it } from 'vitest'
import { migrateUp } from '../src/migrations/migrate.ts'
import { readMigrations } from '../src/migrations/migration-files.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

const { run } = newCommandLine()
const folder = { path: '' }
beforeEach(() => {
  folder.path = join(scratchFolder(), 'migrations')
  mkdirSync(folder.path)
  write('0001_files.up.sql', 'create table files (id int primary key, name text)')
  write('0001_files.down.sql', 'drop table files')
  write('0002_size.up.sql', 'alter table files add size_bytes bigint; create index on files (name)')
  write('0002_size.down.sql', 'alter table files drop size_bytes; drop index files_name_idx')
})

function write(name: string, sql: string): void {
  writeFileSync(join(folder.path, name), `${sql};\n`)
}

async function newDatabase() {
  const cluster = await clusterOfTest()
  cluster.sql(
    'create role app_owner; create role app_migrator login in role app_owner; create database app owner app_owner',
  )
  const url = cluster.url('app', 'app_migrator')
  const migrate = async (verb: string, ...more: string[]) => {
    const ran = await run(
      'migrate',
      ...verb.split(' '),
      '--url',
      url,
      '--folder',
      folder.path,
      '--as',
      'app_owner',
      ...more,
    )
    return { ...ran, said: `${ran.stdout}${ran.stderr}` }
  }
  const states = async () =>
    (await migrate('status')).stdout
      .split('\n')
      .flatMap((line) => /^(\w+) +(\d+)_/.exec(line)?.slice(1, 3).join(' ') ?? [])
  return { cluster, url, migrate, states, sql: (text: string) => cluster.sql(text, 'app') }
}

describe('T107 migrations of a folder of SQL files', () => {
  it('are planned, applied as the owner, told, stamped and taken back', async () => {
    const { migrate, states, sql } = await newDatabase()
    const gate = await migrate('status')
    expect([gate.exitCode, await states()]).toEqual([1, ['pending 0001', 'pending 0002']])
    const plan = await migrate('up')
    expect([plan.exitCode, plan.stdout]).toEqual([0, expect.stringContaining('add size_bytes')])
    expect((await migrate('up', '--to', '1', '--apply')).exitCode).toBe(0)
    expect(await states()).toEqual(['applied 0001', 'pending 0002'])
    expect((await migrate('up', '--apply')).exitCode).toBe(0)
    expect([(await migrate('status')).exitCode, (await migrate('up', '--apply')).stdout]).toEqual([
      0,
      expect.stringContaining('nothing to do'),
    ])
    expect(
      sql(
        "select string_agg(relname || ' ' || pg_get_userbyid(relowner), ',' order by 1) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
      ),
    ).toBe('dbops_migrations app_owner,files app_owner')
    const down = await migrate('down')
    expect([down.exitCode, down.stdout, await states()]).toEqual([
      0,
      expect.stringContaining('no data is lost'),
      ['applied 0001', 'applied 0002'],
    ])
    expect((await migrate('down', '--apply')).exitCode).toBe(0)
    expect(await states()).toEqual(['applied 0001', 'pending 0002'])
    sql('alter table files add size_bytes bigint; create index on files (name)')
    expect([(await migrate('stamp 2', '--apply')).exitCode, await states()]).toEqual([
      0,
      ['applied 0001', 'applied 0002'],
    ])
    expect([(await migrate('down', '--to', '0', '--apply')).exitCode, await states()]).toEqual([
      0,
      ['pending 0001', 'pending 0002'],
    ])
  })

  it('are refused where the folder does not tell the story of the database', async () => {
    const { migrate } = await newDatabase()
    await migrate('up', '--apply')
    const refused = async (...words: string[]) => {
      const ran = await migrate('up', '--apply', ...words)
      return [ran.exitCode, ran.stderr]
    }
    write('0001_files.up.sql', 'create table files (id int primary key, name varchar)')
    expect(await refused()).toEqual([7, expect.stringContaining('was changed since')])
    write('0001_files.up.sql', 'create table files (id int primary key, name text)')
    write('0000_before.up.sql', 'select 1')
    expect(await refused()).toEqual([7, expect.stringContaining('comes before 0002, which is applied')])
    expect((await migrate('stamp 2', '--apply')).exitCode).toBe(0)
    expect(await refused()).toEqual([0, ''])
    expect(await refused('--to', '9')).toEqual([2, expect.stringContaining('no migration 9')])
    folder.path = join(folder.path, 'older')
    mkdirSync(folder.path)
    write('1_files.up.sql', 'select 1')
    expect(await refused()).toEqual([7, expect.stringContaining('newer than this folder')])
    write('notes.sql', 'select 1')
    expect(await refused()).toEqual([2, expect.stringContaining('notes.sql is no migration')])
    write('1_other.down.sql', 'select 1')
    expect(await refused()).toEqual([2, expect.stringContaining('two migrations of version 1')])
  })

  it('leave nothing of one that fails, and keep those before it', async () => {
    const { migrate, states, sql } = await newDatabase()
    write('0003_broken.up.sql', 'create table half (n int); insert into nowhere values (1)')
    const ran = await migrate('up', '--apply')
    expect([ran.exitCode, ran.stderr]).toEqual([1, expect.stringContaining('0003_broken: relation "nowhere"')])
    expect(await states()).toEqual(['applied 0001', 'applied 0002', 'pending 0003'])
    expect(sql("select to_regclass('half') is null")).toBe('t')
    write('0003_broken.up.sql', 'create table half (n int); commit')
    const ended = await migrate('up', '--apply')
    expect([ended.exitCode, ended.stderr]).toEqual([5, expect.stringContaining('ended the transaction')])
  })

  it('run one program at a time, and what is killed is there as a whole or not at all', async () => {
    const { url, cluster, migrate, states, sql } = await newDatabase()
    const options = { server: parseConnection(url), migrations: readMigrations(folder.path), as: 'app_owner' }
    const killing = migrateUp({
      ...options,
      onStep: (version, moment) => {
        if (version !== '0002' || moment !== 'before') return
        cluster.sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dbops migrate'")
      },
    })
    await expect(killing).rejects.toThrow()
    expect(await states()).toEqual(['applied 0001', 'pending 0002'])
    // holds a lock that the migration needs, and so the migration in the middle
    const holder = await connectServer(parseConnection(cluster.url('app')))
    await holder.query('begin; lock table files')
    const slow = migrate('up', '--apply', '--lock-timeout', '600')
    await expect
      .poll(() =>
        sql(
          "select count(*) from pg_stat_activity where application_name = 'dbops migrate' and wait_event_type = 'Lock'",
        ),
      )
      .toBe('1')
    const other = await migrate('up', '--apply')
    expect([other.exitCode, other.stderr]).toEqual([6, expect.stringContaining('somebody else does this')])
    await holder.end()
    expect([(await slow).exitCode, await states()]).toEqual([0, ['applied 0001', 'applied 0002']])
  })

  it('may run outside a transaction, and one that stopped in the middle is told', async () => {
    const { migrate, states, sql } = await newDatabase()
    write(
      '0003_index.up.sql',
      '-- dbops: no transaction\ncreate unique index concurrently files_size on files (size_bytes)',
    )
    write('0003_index.down.sql', '-- dbops: no transaction\ndrop index concurrently files_size')
    await migrate('up', '--to', '2', '--apply')
    sql('insert into files (id, size_bytes) values (1, 1), (2, 1)')
    expect((await migrate('up', '--apply')).said).toContain('could not create unique index')
    expect((await states()).at(-1)).toBe('unfinished 0003')
    expect((await migrate('up', '--apply')).stderr).toContain('did not end')
    sql('drop index files_size; delete from files')
    await migrate('stamp 2', '--apply')
    expect([(await migrate('up', '--apply')).exitCode, (await states()).at(-1)]).toEqual([0, 'applied 0003'])
    expect((await migrate('down', '--apply')).stderr).toContain('cannot be told')
    expect([(await migrate('down', '--apply', '--accept-loss')).exitCode, (await states()).at(-1)]).toEqual([
      0,
      'pending 0003',
    ])
  })
})

describe('T107 taking a migration back', () => {
  const losing: readonly (readonly [string, string, string, string])[] = [
    ['a column with values', '', 'alter table files drop name', 'column name of public.files with values'],
    ['a table with rows', '', 'drop table files cascade', 'table public.files with 2 row'],
    ['rows', '', 'delete from files where id = 1', '1 row(s) of public.files'],
    ['rows by truncating', '', 'truncate files', '2 row(s) of public.files'],
    ['values', '', "update files set name = 'x'", 'values in 2 row(s) of public.files'],
    [
      'precision',
      '',
      'alter table files alter name type varchar(3)',
      'column name of public.files becomes character varying(3)',
    ],
    [
      'rows in exchange',
      '',
      "delete from files; insert into files values (3, 'c'), (4, 'd')",
      '2 row(s) of public.files',
    ],
    [
      'rows that policies hide',
      'alter table files enable row level security; alter table files force row level security',
      'drop table files',
      'hidden from this login',
    ],
  ]
  it.each(losing)('that would lose %s is refused unless the loss is accepted', async (_, prepare, down, loss) => {
    const { migrate, states, sql } = await newDatabase()
    write('0003_last.up.sql', 'select 1')
    write('0003_last.down.sql', down)
    await migrate('up', '--apply')
    sql(`insert into files values (1, 'a'), (2, 'b'); ${prepare}`)
    const plan = await migrate('down')
    expect([plan.exitCode, plan.stdout]).toEqual([0, expect.stringContaining(loss)])
    const refused = await migrate('down', '--apply')
    expect([refused.exitCode, refused.stderr]).toEqual([7, expect.stringContaining(loss)])
    expect([sql("select string_agg(name, '' order by id) from files"), (await states()).at(-1)]).toEqual([
      'ab',
      'applied 0003',
    ])
    const accepted = await migrate('down', '--apply', '--accept-loss')
    expect([accepted.exitCode, (await states()).at(-1)], accepted.stderr).toEqual([0, 'pending 0003'])
  })
})
