import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabasePool, parseConnection, withServer } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schemaLines } from '../src/backup/database-facts.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { seedShop } from './support/shop.ts'

let cluster: TestCluster
const { run, stateFolder, remove } = newCommandLine()
beforeAll(async () => {
  cluster = await startCluster()
  cluster.sql('create database shop')
  seedShop(cluster, 'shop')
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

const properties = (database: string) =>
  cluster.sql(
    `select pg_get_userbyid(datdba), datacl, datconnlimit, (select setconfig from pg_db_role_setting where setdatabase = d.oid)
    from pg_database d where datname = '${database}'`,
  )
const lines = (database: string) => withServer(parseConnection(cluster.url(database)), schemaLines)

describe('T54 a restore with swap', () => {
  it('keeps grants, owners, policies, sequences and settings, while clients reconnect, and is undone by one command', async () => {
    const to = scratchFolder()
    expect((await run('backup', 'create', '--url', cluster.url('shop'), '--to', to)).exitCode).toBe(0)
    const before = { properties: properties('shop'), lines: await lines('shop') }
    const rows = cluster.sql('select count(*) from app.orders', 'shop')
    cluster.sql('delete from app.orders where id > 100; drop policy tenant_isolation on app.orders', 'shop')
    const pool = new DatabasePool({ parameters: parseConnection(cluster.url('shop')), checkAfterIdleMs: 0 })
    const count = async () => (await pool.query<{ n: string }>('select count(*) as n from app.orders')).rows[0].n
    expect(await count()).toBe('100')
    const restore = ['backup', 'restore', '--from', to, '--url', cluster.url(), '--swap', 'shop']
    const plan = await run(...restore)
    expect(plan).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('plan only') })
    expect(await count()).toBe('100')
    const done = await run(...restore, '--apply', '--format', 'json')
    expect(done.exitCode, done.stderr).toBe(0)
    expect(await count()).toBe(rows)
    expect({ properties: properties('shop'), lines: await lines('shop') }).toEqual(before)
    expect(cluster.sql('insert into app.orders (owner_id) values (1) returning id', 'shop')).toBe('2001')
    const { journal } = done.json().data as { journal: string }
    const undone = await run('backup', 'undo', journal, '--url', cluster.url(), '--apply')
    expect(undone.exitCode, undone.stderr).toBe(0)
    expect(await count()).toBe('100')
    await pool.end()
  })

  it('is refused in production without the name of the database, and never writes into one that exists', async () => {
    const to = scratchFolder()
    await run('backup', 'create', '--url', cluster.url('shop'), '--to', to)
    const swap = [
      'backup',
      'restore',
      '--from',
      to,
      '--url',
      cluster.url(),
      '--swap',
      'shop',
      '--apply',
      '--environment',
      'production',
      '--waive-tls',
    ]
    expect(await run(...swap)).toMatchObject({ exitCode: 7, stderr: expect.stringContaining('--confirm shop') })
    const into = await run('backup', 'restore', '--from', to, '--url', cluster.url(), '--into', 'shop', '--apply')
    expect(into).toMatchObject({ exitCode: 7, stderr: expect.stringContaining('database shop exists') })
  })
})

describe('T56 rekey', () => {
  it('opens for the new recipient only and leaves the stored data as it is', async () => {
    const to = scratchFolder()
    const keys = scratchFolder()
    const key = async (name: string) => (await run('backup', 'keygen', '--to', join(keys, name))).stdout.trim()
    const [old, fresh] = [await key('old'), await key('new')]
    await run('backup', 'create', '--url', cluster.url('shop'), '--to', to, '--recipient', old)
    const list = async () => (await run('backup', 'list', '--from', to, '--format', 'json')).json().data
    const hashes = JSON.stringify(await list())
    const rekeyed = await run('backup', 'rekey', '--from', to, '--identity', join(keys, 'old'), '--recipient', fresh)
    expect(rekeyed.exitCode, rekeyed.stderr).toBe(0)
    expect(JSON.stringify(await list())).toBe(hashes)
    expect((await run('backup', 'verify', '--from', to, '--identity', join(keys, 'new'))).exitCode).toBe(0)
    expect((await run('backup', 'verify', '--from', to, '--identity', join(keys, 'old'))).exitCode).toBe(2)
  })
})

describe('T59 a drill', () => {
  it('measures recovery time and point, keeps evidence, leaves nothing behind, and fails when the application would', async () => {
    const to = scratchFolder()
    await run('backup', 'create', '--url', cluster.url('shop'), '--to', to)
    const smoke = join(to, '.smoke.sql')
    writeFileSync(smoke, 'select 1 from app.log limit 1\n')
    const drill = ['backup', 'drill', '--from', to, '--url', cluster.url(), '--smoke', smoke, '--format', 'json']
    const good = await run(...drill)
    expect(good.exitCode, good.stderr).toBe(0)
    expect(good.json().data).toMatchObject({
      isGood: true,
      rows: expect.any(Number),
      recoveryTimeMs: expect.any(Number),
    })
    expect(readdirSync(join(stateFolder, 'drills'))).toHaveLength(1)
    writeFileSync(smoke, "select 1 from app.log where line = 'nothing'\n")
    expect((await run(...drill)).exitCode).toBe(5)
    expect(cluster.sql("select count(*) from pg_database where datname like 'dbops%'")).toBe('0')
  })
})

describe('T63 two backups at once', () => {
  it('run one after the other: the second ends with 6, and a dead owner is told and replaced', async () => {
    const to = scratchFolder()
    const create = ['backup', 'create', '--url', cluster.url('shop'), '--to', to]
    const both = await Promise.all([run(...create), run(...create)])
    expect(both.map(({ exitCode }) => exitCode).sort()).toEqual([0, 6])
    expect(both.find(({ exitCode }) => exitCode === 6)?.stderr).toMatch(/process \d+ on .* holds the lock/)
    const { hostname } = await import('node:os')
    writeFileSync(
      join(to, '.lock'),
      JSON.stringify({ pid: 999_999, host: hostname(), processStart: '1', since: 'then', purpose: 'test' }),
    )
    const after = await run(...create)
    expect(after).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('took over the lock of process 999999'),
    })
    writeFileSync(
      join(to, '.lock'),
      JSON.stringify({ pid: 1, host: 'elsewhere', processStart: '1', since: 'then', purpose: 'test' }),
    )
    expect((await run(...create)).exitCode).toBe(6)
    expect((await run(...create, '--break-lock')).exitCode).toBe(0)
    expect(existsSync(join(to, '.lock'))).toBe(false)
  })
})

describe('T62 globals', () => {
  it('hold roles without verifiers unless they are asked for, and then only encrypted', async () => {
    cluster.sql("create role with_password login password 'a-strong-password'")
    const to = scratchFolder()
    await run('backup', 'create', '--url', cluster.url('shop'), '--to', to, '--compression', 'none')
    const [id] = readdirSync(to)
    const { readFileSync } = await import('node:fs')
    const globals = readFileSync(join(to, id, 'globals.sql'), 'utf8')
    expect(globals).toContain('CREATE ROLE with_password')
    expect(globals).not.toContain('SCRAM-SHA-256')
    const verifiers = await run(
      'backup',
      'create',
      '--url',
      cluster.url('shop'),
      '--to',
      to,
      '--globals',
      'with-verifiers',
    )
    expect(verifiers.exitCode).toBe(7)
  })
})
