import { parseConnection, withServer } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schemaLines } from '../src/backup/database-facts.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { seedShop } from './support/shop.ts'

const SCHEMA = `we"ird'; drop schema public; --`
const OWNER = `own"er acl=`

let cluster: TestCluster
const { run, remove } = newCommandLine()
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
beforeAll(async () => {
  cluster = await startCluster()
  cluster.sql('create database shop')
  seedShop(cluster, 'shop')
  cluster.sql(
    `create role ${quoted(OWNER)}; create role gone; create role "new ""owner"; create schema ${quoted(SCHEMA)} authorization ${quoted(OWNER)};
    create table ${quoted(SCHEMA)}."t.x" as select generate_series(1, 3) as n;
    create schema lost authorization gone; create table lost.t as select 1 as n; create view lost.v as select 1 as n;
    create schema "lost.t"; create schema "a.b"; create table "a.b".t as select 1 as n; create schema other; create table other.t as select 1 as n;`,
    'shop',
  )
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

const backup = async (...words: string[]) => {
  const to = scratchFolder()
  const ran = await run('backup', 'create', '--url', cluster.url('shop'), '--to', to, ...words)
  expect([ran.exitCode, ran.stderr.match(/error: .*/)?.[0]]).toEqual([0, undefined])
  return to
}
const restore = async (from: string, url: string, ...words: string[]) => {
  cluster.sql('drop database if exists part')
  const ran = await run('backup', 'restore', '--from', from, '--url', url, '--into', 'part', '--apply', ...words)
  return [ran.exitCode, ran.stderr.match(/error: .*/)?.[0]]
}
const schemas = () =>
  cluster.sql(
    `select string_agg(nspname || ' of ' || pg_get_userbyid(nspowner), ' | ' order by nspname) from pg_namespace
    where nspname !~ '^pg_|^information_schema$|^public$'`,
    'part',
  )

describe('T54 a backup of single tables outside of public', () => {
  it.each([
    ['an archive', ['--dump-format', 'custom'], []],
    ['archives by several programs', ['--jobs', '2'], []],
    ['a plain dump', ['--dump-format', 'plain'], []],
    ['one table of an archive', [], ['--table', `${SCHEMA}.t.x`]],
  ])('comes back into a new database with its schema and owner, from %s', async (_, creating, restoring) => {
    const from = await backup('--table', `${SCHEMA}.t.x`, ...creating)
    expect(await restore(from, cluster.url(), ...restoring)).toEqual([0, undefined])
    expect(schemas()).toBe(`${SCHEMA} of ${OWNER}`)
    expect(cluster.sql(`select count(*) from ${quoted(SCHEMA)}."t.x"`, 'part')).toBe('3')
    expect(cluster.sql("select count(*) from pg_namespace where nspname = 'public'", 'part')).toBe('1')
  })

  it('is proven by a restore also where the owner of the schema is gone', async () => {
    const from = await backup('--table', 'lost.t', '--table', 'lost.v', '--table', 'a.b.t')
    cluster.sql('alter schema lost owner to postgres; drop role gone', 'shop')
    const line = ['backup', 'verify', '--from', from, '--url', cluster.url(), '--level', '3']
    expect((await run(...line)).exitCode).toBe(0)
  })

  it('brings the schemas of those tables only that are wanted', async () => {
    const from = await backup('--table', 'lost.t', '--table', 'other.t')
    expect(await restore(from, cluster.url(), '--table', 'other.t')).toEqual([0, undefined])
    expect(schemas()).toBe('other of postgres')
  })
})

/**
 * Whatever has an owner in the database and another one than `role`, from every catalog with a column for it; but the constructors of
 * ranges, which the server makes for its first superuser.
 */
const foreign = (role: string) => {
  const owned = cluster.sql(
    `select string_agg(format('select %L || oid from %I where oid >= 16384 and %I <> %s and not exists (select from pg_depend d
      where d.classid = %L::regclass and d.objid = %I.oid and d.deptype in (''e'', %L))', c.relname || ' ', c.relname, a.attname,
      (select oid from pg_roles where rolname = $r$${role}$r$), case c.relname when 'pg_largeobject_metadata' then 'pg_largeobject' else c.relname end,
      c.relname, case c.relname when 'pg_proc' then 'i' end), ' union all ')
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.atttypid = 'oid'::regtype and a.attname ~ '(owner|datdba)$'
    where c.relkind = 'r' and not c.relisshared and c.relnamespace = 'pg_catalog'::regnamespace and c.relname <> 'pg_extension'
      and c.relname <> 'pg_namespace'
    `,
    'part',
  )
  const rest = `select 'schema ' || nspname from pg_namespace where nspname !~ '^pg_|^information_schema$'
    and pg_get_userbyid(nspowner) not in ($r$${role}$r$, 'pg_database_owner')`
  return cluster.sql(`select string_agg(x, ', ') from (${owned} union all ${rest}) o (x)`, 'part')
}
const elsewhere = () =>
  cluster.sql(
    "select string_agg(datname || ' ' || pg_get_userbyid(datdba), ', ' order by 1) from pg_database where datname <> 'part'",
  )

describe('T54 a restore for another owner', () => {
  const role = 'new "owner'

  it.each([
    ['an archive', 'custom', []],
    ['a plain dump', 'plain', []],
    ['a schema of an archive', 'custom', ['--schema', 'app']],
  ])(
    'gives everything of %s to it, as the catalogs say, and nothing of any other database',
    async (_, format, words) => {
      cluster.sql(`drop schema if exists app cascade; drop function if exists public.f, public.agg cascade`, 'shop')
      seedShop(cluster, 'shop')
      cluster.sql(
        `create type app.span as range (subtype = int4); create type app.pair as (a int, b text); create domain app.positive as int check (value > 0);
      create table app.parted (n int, s serial) partition by range (n); create table app.parted_1 partition of app.parted for values from (0) to (9);
      create sequence app.loose; create procedure app.work(int) language sql as 'select 1';
      create aggregate app.total(int) (sfunc = int4pl, stype = int); create statistics app.both on owner_id, note from app.orders;
      create operator app.=== (leftarg = int, rightarg = int, function = int4eq); create collation app.plain from "C";
      create operator class app.ops for type int using btree as operator 1 <; create text search configuration app.words (copy = simple);
      drop publication if exists told; create publication told for table app.log; select lo_from_bytea(0, 'large')`,
        'shop',
      )
      const from = await backup('--dump-format', format)
      const before = [await withServer(parseConnection(cluster.url('shop')), schemaLines), elsewhere()]
      expect(await restore(from, cluster.url(), '--owner', role, ...words)).toEqual([0, undefined])
      expect(foreign(role)).toBe('')
      expect(cluster.sql("select pg_get_userbyid(datdba) from pg_database where datname = 'part'")).toBe(role)
      expect(
        cluster.sql("select pg_get_userbyid(relowner) from pg_class where oid = 'app.orders'::regclass", 'part'),
      ).toBe(role)
      expect(cluster.sql("select has_table_privilege('shop_reader', 'app.orders', 'select')", 'part')).toBe('t')
      expect([await withServer(parseConnection(cluster.url('shop')), schemaLines), elsewhere()]).toEqual(before)
    },
  )

  it('gives what only superusers may own to a superuser, and otherwise names it and makes nothing', async () => {
    cluster.sql(`create database wrapped; create role "super ""owner" superuser`)
    cluster.sql(
      `create foreign data wrapper far; create server site foreign data wrapper far; create foreign table t (n int) server site;
      create function noted() returns event_trigger language plpgsql as 'begin end'; create event trigger noting on ddl_command_end execute function noted()`,
      'wrapped',
    )
    const from = scratchFolder()
    expect((await run('backup', 'create', '--url', cluster.url('wrapped'), '--to', from)).exitCode).toBe(0)
    expect(await restore(from, cluster.url(), '--owner', role)).toEqual([4, expect.stringMatching(/"far"|"noting"/)])
    expect(cluster.sql("select count(*) from pg_database where datname ~ '^(dbops|part)'")).toBe('0')
    expect(await restore(from, cluster.url(), '--owner', 'super "owner')).toEqual([0, undefined])
    expect(foreign('super "owner')).toBe('')
  })

  it('is refused before anything is made: for a role that is not there, and for one that this login may not become', async () => {
    const from = await backup('--table', 'other.t')
    expect(await restore(from, cluster.url(), '--owner', 'nobody')).toEqual([
      2,
      expect.stringContaining('no role nobody'),
    ])
    cluster.sql('drop role if exists weak; create role weak login createdb')
    const weak = cluster.url('postgres', 'weak')
    expect(await restore(from, weak, '--owner', role)).toEqual([4, expect.stringContaining('may not become')])
    expect(cluster.sql("select count(*) from pg_database where datname ~ '^(dbops|part)'")).toBe('0')
  })
})
