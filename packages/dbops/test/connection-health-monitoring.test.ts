import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import {
  connectServer,
  DatabasePool,
  databaseProbe,
  HealthMonitor,
  healthHandler,
  parseConnection,
  poolCheck,
  poolProbe,
  withServer,
} from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serverMetrics } from '../src/monitor/server-metrics.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine } from './support/command.ts'

let cluster: TestCluster
const { run, remove } = newCommandLine({ PGPASSWORD: 'right-password-1' })
beforeAll(async () => {
  cluster = await startCluster({
    hba: [
      'local all all trust',
      'host all postgres 127.0.0.1/32 trust',
      'host closed all all reject',
      'hostssl secure all all scram-sha-256',
      'host app all 127.0.0.1/32 scram-sha-256',
      'host monitored,template1,private all all trust',
      'host missing all all trust',
    ],
    settings: { shared_preload_libraries: 'pg_stat_statements', max_connections: '20' },
  })
  cluster.sql(
    "create role app login password 'right-password-1'; create role limited login connection limit 0; create role mon login; create database app; create database secure; create database closed; create database monitored; create database private; revoke all on database private from public",
  )
  cluster.sql('create extension pg_stat_statements', 'monitored')
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

describe('T40 conn test', () => {
  const at = (database: string, user = 'app') => cluster.url(database, user)
  it.each([
    ['a right login', () => at('app'), 0, 'the connection works'],
    ['a wrong password', () => at('app').replace('app@', 'stranger@'), 4, 'AUTHENTICATION_FAILED'],
    ['a rule that demands TLS', () => at('secure'), 4, 'TLS_REQUIRED'],
    ['a rule that rejects what comes in clear', () => at('closed'), 4, 'pg_hba.conf rejects connection'],
    ['a database that is missing', () => at('missing'), 3, 'DATABASE_MISSING'],
    ['a database one may not enter', () => at('private', 'mon'), 4, 'PERMISSION_DENIED'],
    ['a role at its limit', () => at('monitored', 'limited'), 1, 'TOO_MANY_CONNECTIONS'],
    ['a port nobody listens on', () => 'postgresql://app@127.0.0.1:1/app', 3, 'CONNECTION_REFUSED'],
    ['a name that does not resolve', () => 'postgresql://app@no-such-host.invalid/app', 3, 'HOST_NOT_FOUND'],
  ])('tells %s', async (_, url, exitCode, words) => {
    const ran = await run('conn', 'test', '--url', `${url()}?sslmode=disable`)
    expect([ran.exitCode, ran.stdout + ran.stderr]).toEqual([exitCode, expect.stringContaining(words)])
  })

  it('tells a listener that says nothing, a server that starts, and one that ends the session', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as { port: number }
    const ran = await run('conn', 'test', '--url', `postgresql://app@127.0.0.1:${port}/app?connect_timeout=1`)
    expect(ran).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('CONNECTION_TIMEOUT') })
    silent.close()
    const client = await connectServer(parseConnection(cluster.url()))
    const ended = client.query('select pg_sleep(10)').catch((error: unknown) => error)
    await expect
      .poll(() =>
        cluster.sql(
          "select count(pg_terminate_backend(pid)) from pg_stat_activity where query like '%pg_sleep(10)%' and pid <> pg_backend_pid()",
        ),
      )
      .toBe('1')
    expect(await ended).toMatchObject({ code: '57P01' })
    await client.end().catch(() => {})
    await cluster.shutdown()
    const waiting = run('conn', 'test', '--url', `${cluster.url('app', 'app')}?sslmode=disable`, '--wait', '20')
    await cluster.start()
    expect((await waiting).exitCode).toBe(0)
  })
})

describe('T42 health', () => {
  async function served(pool: DatabasePool, cacheMs = 0) {
    const monitor = new HealthMonitor({
      probes: { database: databaseProbe(pool, { budgetMs: 500 }), pool: poolProbe(pool) },
      cacheMs,
    })
    const handler = healthHandler({ monitor, maySeeDetails: (request) => request.headers['x-details'] === 'yes' })
    const server = createHttpServer((request, response) => void handler(request, response)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const get = async (path: string, details = false) => {
      const response = await fetch(
        `http://127.0.0.1:${port}${path}`,
        details ? { headers: { 'x-details': 'yes' } } : {},
      )
      return { status: response.status, cache: response.headers.get('cache-control'), body: await response.text() }
    }
    return { get, close: () => server.close() }
  }

  it('is 503 when the server is stopped, while live stays 200, and says nothing that helps an attacker', async () => {
    const pool = new DatabasePool({ parameters: parseConnection(cluster.url()), size: 2, checkAfterIdleMs: 0 })
    const { get, close } = await served(pool)
    expect(await get('/health/ready')).toMatchObject({ status: 200, cache: 'no-store' })
    await cluster.shutdown()
    const startMs = performance.now()
    const failing = await get('/health/ready')
    // without waiting for any time limit of a connection
    expect(performance.now() - startMs).toBeLessThan(9_000)
    expect(failing.status).toBe(503)
    for (const part of ['127.0.0.1', 'postgres', String(cluster.port), 'select'])
      expect(failing.body).not.toContain(part)
    expect((await get('/health/database', true)).body).toContain('the database')
    expect(await get('/health/live')).toMatchObject({ status: 200 })
    await cluster.start()
    expect((await get('/health/ready')).status).toBe(200)
    close()
    await pool.end()
  })

  it('is 503 when nobody can get a session, passes a full pool that idles, and warns before', async () => {
    const pool = new DatabasePool({ parameters: parseConnection(cluster.url()), size: 2, acquireTimeoutMs: 2_000 })
    const { get, close } = await served(pool)
    const held = [await pool.connect(), await pool.connect()]
    expect((await get('/health/ready')).status).toBe(503)
    for (const client of held) client.release()
    // the question asked in vain may still have waited for one
    await expect.poll(() => pool.occupancy).toMatchObject({ open: 2, inUse: 0 })
    expect((await get('/health/pool')).status).toBe(200)
    expect(poolCheck({ size: 10, open: 10, idle: 0, inUse: 8, waiting: 0 }).status).toBe('warn')
    expect(poolCheck({ size: 10, open: 10, idle: 10, inUse: 0, waiting: 0 }).status).toBe('pass')
    close()
    await pool.end()
  })

  it('asks the server once for two hundred probes at the same time, and tells slow from dead', async () => {
    let asked = 0
    const slow = (ms: number) => ({
      query: () => {
        asked++
        return new Promise<never>((resolve) => setTimeout(resolve as () => void, ms))
      },
    })
    const monitor = new HealthMonitor({
      probes: { database: databaseProbe(slow(20) as never, { warnMs: 60_000, failMs: 90_000, budgetMs: 90_000 }) },
      cacheMs: 60_000,
    })
    const reports = await Promise.all(Array.from({ length: 200 }, () => monitor.report()))
    expect([asked, reports[0].status]).toEqual([1, 'pass'])
    expect(await databaseProbe(slow(60) as never, { warnMs: 20, failMs: 90_000, budgetMs: 90_000 })()).toMatchObject({
      status: 'warn',
    })
    expect(await databaseProbe(slow(60) as never, { warnMs: 10, failMs: 20, budgetMs: 90_000 })()).toMatchObject({
      status: 'fail',
    })
    expect(await databaseProbe(slow(900) as never, { budgetMs: 50 })()).toMatchObject({
      status: 'fail',
      message: 'the database did not answer in time',
    })
  })
})

describe('T43 the functions', () => {
  it('never fail on an empty, an idle or a busy database, find a slow statement, and say what is missing', async () => {
    const url = cluster.url('monitored', 'mon')
    expect(await run('monitor', 'stats', '--url', url)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('dbops monitor install'),
    })
    for (let twice = 0; twice < 2; twice++) {
      const installed = await run('monitor', 'install', '--grant', 'mon', '--url', cluster.url('monitored'), '--apply')
      expect(installed.exitCode, installed.stderr).toBe(0)
    }
    cluster.sql('select pg_stat_reset()', 'monitored')
    const stats = await run('monitor', 'stats', '--url', url, '--format', 'json')
    expect(stats.exitCode, stats.stderr).toBe(0)
    expect((stats.json().data as object[])[0]).toMatchObject({
      max_connections: 20,
      total_connections: expect.any(String),
    })
    cluster.sql('select pg_sleep(1.2)', 'monitored')
    const slow = await run('monitor', 'slow', '--url', url, '--format', 'json')
    expect(slow.exitCode, slow.stderr).toBe(0)
    const [first] = slow.json().data as { query: string; mean_time: string }[]
    expect(first.query).toContain('pg_sleep')
    expect(Number(first.mean_time)).toBeGreaterThan(1_150)
    await expect(
      withServer(parseConnection(cluster.url('monitored', 'app')), (client) =>
        client.query('select dbops.get_slow_queries()'),
      ),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    await run('monitor', 'install', '--grant', 'mon', '--url', cluster.url('app'), '--apply')
    expect(await run('monitor', 'slow', '--url', cluster.url('app'))).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('create extension pg_stat_statements'),
    })
    expect((await run('monitor', 'uninstall', '--url', cluster.url('app'), '--apply')).exitCode).toBe(0)
  })
})

describe('T44 metrics', () => {
  it('are what the catalogs say, also while there is load', async () => {
    cluster.run('pgbench', [
      '-i',
      '-q',
      '-s',
      '1',
      '-h',
      cluster.socketFolder,
      '-p',
      String(cluster.port),
      '-U',
      'postgres',
      'app',
    ])
    const client = await connectServer(parseConnection(cluster.url('app', 'postgres')))
    const metrics = await serverMetrics(client)
    const value = (name: string, label?: string) =>
      metrics.find(
        (metric) => metric.name === name && (label === undefined || Object.values(metric.labels ?? {}).includes(label)),
      )?.value
    expect(value('pg_settings_max_connections')).toBe(20)
    expect(value('pg_database_size_bytes', 'app')).toBeGreaterThan(10_000_000)
    await client.end()
    const printed = await run('monitor', 'metrics', '--url', cluster.url('app', 'postgres'), '--format', 'prom')
    expect(printed.stdout).toMatch(/^pg_database_size_bytes\{datname="app"\} \d+$/m)
    expect(printed.stdout).toMatch(/^# TYPE pg_up gauge$/m)
    expect((await run('monitor', 'connections', '--url', cluster.url('app', 'postgres'))).stdout).toContain(
      'role=postgres',
    )
    expect((await run('monitor', 'locks', '--url', cluster.url('app', 'postgres'))).exitCode).toBe(0)
    cluster.sql('create table dup (n int); create index one on dup (n); create index two on dup (n)', 'app')
    expect((await run('monitor', 'indexes', '--url', cluster.url('app', 'postgres'))).stdout).toContain(
      'duplicate of one',
    )
  })
})

describe('T40 a server that starts', () => {
  it('is told from one that is down, while it recovers', async () => {
    const slow = await clusterOfTest()
    const word = join(slow.folder, 'go')
    // recovery asks for WAL, and gets no answer until the word is given
    slow.sql(`alter system set restore_command = 'until test -e ${word}; do sleep 0.05; done; false'`)
    await slow.shutdown()
    writeFileSync(join(slow.dataFolder, 'recovery.signal'), '')
    const starting = slow.start()
    const code = () =>
      connectServer(parseConnection(slow.url())).then(
        async (client) => {
          await client.end()
          return 'ok'
        },
        (error) => error.code as string,
      )
    const before: string[] = []
    await expect
      .poll(async () => {
        before.push(await code())
        return before.at(-1)
      })
      .toBe('STARTING_UP')
    expect(before.slice(0, -1).filter((one) => one !== 'CONNECTION_REFUSED')).toEqual([])
    writeFileSync(word, '')
    await starting
    expect(await code()).toBe('ok')
    await slow.stop()
  })
})
