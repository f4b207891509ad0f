import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseConnection, withServer } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBackup } from '../src/backup/create-backup.ts'
import { postData } from '../src/backup/load-parallel.ts'
import { newIdentity, readIdentity } from '../src/backup/recipients.ts'
import { verifyBackup } from '../src/backup/verify-backup.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { seedShop } from './support/shop.ts'

let cluster: TestCluster
const { run, stateFolder, remove } = newCommandLine()
const identity = newIdentity()
const keys = { stateFolder, identities: [readIdentity(identity.privateKeyPem)] }
beforeAll(async () => {
  cluster = await startCluster()
  cluster.sql('create database shop')
  seedShop(cluster, 'shop')
  // what the steps of a parallel restore could get wrong: cycles of foreign keys, partitions with attached indexes, large objects,
  // a view that needs a primary key, a clustered index, a trigger that must not fire while rows come in
  cluster.sql(
    `create table app.left_side (id int primary key, other int);
    create table app.right_side (id int primary key, other int references app.left_side deferrable initially deferred);
    alter table app.left_side add foreign key (other) references app.right_side deferrable initially deferred;
    begin; insert into app.left_side select n, n from generate_series(1, 1000) n; insert into app.right_side select n, n from generate_series(1, 1000) n; commit;
    create table app.measured (day date, value int, primary key (day, value)) partition by range (day);
    create table app.measured_1 partition of app.measured for values from ('2026-01-01') to ('2026-02-01');
    create table app.measured_2 partition of app.measured for values from ('2026-02-01') to ('2026-03-01');
    insert into app.measured select '2026-01-01'::date + n % 50, n from generate_series(1, 3000) n;
    create index on app.measured (value);
    create view app.by_left as select l.*, count(*) from app.left_side l join app.right_side r on r.other = l.id group by l.id;
    create index clustered on app.log (line); alter table app.log cluster on clustered;
    create function app.doubled() returns trigger language plpgsql as 'begin insert into app.log values (new.id::text); return null; end';
    create trigger doubling after insert on app.left_side for each row execute function app.doubled();
    select lo_from_bytea(0, 'a large object');`,
    'shop',
  )
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

const shop = () => parseConnection(cluster.url('shop'))
const parallel = (to: string, more: object = {}) =>
  createBackup({ parameters: shop(), to, ...keys, recipients: [identity.recipient], jobs: 3, ...more })

describe('T50 a backup that several programs write', () => {
  it('is one moment, in archives of their own, and restores to exactly its rows, one job or many, while writers go on', async () => {
    const to = scratchFolder()
    let isOver = false
    const writers = Array.from({ length: 3 }, () =>
      withServer(shop(), async (client) => {
        while (!isOver) {
          await client.query("insert into app.orders (owner_id, note) select 1, 'during' from generate_series(1, 20)")
          await client.query(
            "insert into app.measured select '2026-01-05', (random() * 1e9)::int on conflict do nothing",
          )
        }
      }),
    )
    const manifest = await parallel(to)
    isOver = true
    await Promise.all(writers)
    expect(manifest.files.map(({ holds }) => holds)).toEqual(['dump', 'dump-part', 'dump-part', 'globals'])
    for (const jobs of [1, 4]) {
      const options = { ...keys, folder: join(to, manifest.id), server: parseConnection(cluster.url()), jobs }
      expect((await verifyBackup({ ...options, level: 3 })).problems).toEqual([])
    }
    expect(readFileSync(join(to, manifest.id, manifest.files[1].name)).includes('canary-row')).toBe(false)
  })

  it('of one archive restores with many jobs too', async () => {
    const to = scratchFolder()
    const { id } = await parallel(to, { jobs: 1 })
    const options = { ...keys, folder: join(to, id), server: parseConnection(cluster.url()), jobs: 4 }
    expect((await verifyBackup({ ...options, level: 3 })).problems).toEqual([])
  })

  it('names a part that is missing, damaged, or swapped for another', async () => {
    const to = scratchFolder()
    const manifest = await parallel(to)
    const folder = join(to, manifest.id)
    const [, first, second] = manifest.files.map(({ name }) => join(folder, name))
    const good = readFileSync(first)
    const problems = async () => (await verifyBackup({ ...keys, folder, level: 1 })).problems
    writeFileSync(first, readFileSync(second))
    expect(await problems()).toEqual([expect.stringContaining(manifest.files[1].name)])
    rmSync(first)
    expect(await problems()).toEqual([`${manifest.files[1].name} is missing`])
    writeFileSync(first, good)
    expect(await problems()).toEqual([])
  })

  it('is extracted whole, or archive by archive; the archives hold every row and can be loaded as it is said', async () => {
    const to = scratchFolder()
    await run('backup', 'create', '--url', cluster.url('shop'), '--to', to, '--jobs', '3')
    const extract = (what: string) =>
      run('backup', 'extract', '--from', to, '--what', what, '--to-file', join(to, what))
    const whole = await extract('dump')
    expect([whole.exitCode, whole.stdout], whole.stderr).toEqual([0, expect.stringContaining('--section=post-data')])
    expect((await extract('dump')).exitCode).toBe(7) // what is there is not written over
    expect([(await extract('part-1')).exitCode, (await extract('part-3')).exitCode]).toEqual([0, 2])
    expect(readFileSync(join(to, 'part-1'))).toEqual(readFileSync(join(to, 'dump.part-1')))
    chmodSync(to, 0o755) // the programs of the cluster run as somebody else
    for (const name of ['dump', 'dump.part-1', 'dump.part-2']) chmodSync(join(to, name), 0o644)
    cluster.sql('create database extracted')
    const server = ['-h', cluster.socketFolder, '-p', String(cluster.port), '-U', 'postgres', '-d', 'extracted']
    const load = (section: string, name: string) =>
      cluster.run('pg_restore', [...server, '--exit-on-error', `--section=${section}`, join(to, name)])
    load('pre-data', 'dump')
    for (const name of ['dump', 'dump.part-1', 'dump.part-2']) load('data', name)
    load('post-data', 'dump')
    for (const table of ['app.orders', 'app.log'])
      expect(cluster.sql(`select count(*) from ${table}`, 'extracted'), table).toBe(
        cluster.sql(`select count(*) from ${table}`, 'shop'),
      )
    cluster.sql('drop database extracted')
  })

  it('leaves nothing when one of the programs fails', async () => {
    const to = scratchFolder()
    cluster.sql(
      'create role backup login bypassrls; grant pg_read_all_data to backup; alter role backup connection limit 2',
    )
    const ran = await run('backup', 'create', '--url', cluster.url('shop', 'backup'), '--to', to, '--jobs', '3')
    expect([ran.exitCode, readdirSync(to)], ran.stderr).toEqual([1, []])
  })

  it('restores by the command, with a swap, and not as one text', async () => {
    const to = scratchFolder()
    const words = ['--url', cluster.url('shop'), '--to', to, '--jobs', '3']
    expect((await run('backup', 'create', ...words)).exitCode).toBe(0)
    expect((await run('backup', 'create', ...words, '--dump-format', 'plain')).exitCode).toBe(2)
    const restored = await run(
      'backup',
      'restore',
      '--from',
      to,
      '--url',
      cluster.url(),
      '--into',
      'again',
      '--jobs',
      '4',
      '--apply',
    )
    expect(restored.exitCode, restored.stderr).toBe(0)
    expect(cluster.sql("select count(*) from app.log where line ~ '^[0-9]+$'", 'again')).toBe(
      cluster.sql("select count(*) from app.log where line ~ '^[0-9]+$'", 'shop'),
    )
    expect(cluster.sql("select convert_from(lo_get(oid), 'UTF8') from pg_largeobject_metadata", 'again')).toBe(
      'a large object',
    )
  })
})

describe('the table of contents', () => {
  it('lets only indexes and their constraints be made at once, each by one program', () => {
    const lines = [
      '1; 2606 1 CONSTRAINT app orders orders_pkey owner',
      '2; 1259 2 INDEX app orders_note owner',
      '3; 0 0 INDEX ATTACH app measured_1_pkey owner',
      '4; 2606 4 FK CONSTRAINT app orders orders_owner owner',
      '5; 2620 5 TRIGGER app orders doubled owner',
    ]
    const { shared, rest } = postData(lines, 4)
    expect(shared).toEqual([[lines[0]], [lines[1]]])
    expect(rest).toEqual(lines.slice(2))
  })
})
