import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { connectServer, DatabasePool, parseConnection, Secret } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LocalStore } from '../src/credentials/local-store.ts'
import { canLogIn, planRotation, type RotationOptions, rotateDual, rotationSteps } from '../src/rotation/rotate-dual.ts'
import { FileLoginStore, type LoginStore } from '../src/rotation/secret-store.ts'
import { Journal, listJournal } from '../src/state/journal.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

let cluster: TestCluster
let storePath: string
let store: FileLoginStore
let journalFolder: string
beforeAll(async () => {
  cluster = await startCluster({
    hba: ['local all all trust', 'host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256'],
    settings: { log_statement: 'all', log_connections: 'on' },
  })
  cluster.sql(
    'create role app_group; create role app_a login in role app_group; create role app_b in role app_group; create database app',
  )
})
afterAll(() => cluster.stop())
beforeEach(async () => {
  const folder = scratchFolder()
  storePath = join(folder, 'login.json')
  journalFolder = join(folder, 'journal')
  store = new FileLoginStore(storePath)
  cluster.sql("alter role app_a login password 'first-password-of-a'; alter role app_b nologin")
  await store.write({ user: 'app_a', password: new Secret('first-password-of-a') })
})

const admin = () => parseConnection(cluster.url('app'))
const options = (more: Partial<RotationOptions> = {}): RotationOptions => ({
  admin: admin(),
  logins: ['app_a', 'app_b'],
  store,
  graceMs: 20_000,
  settleMs: 100,
  pollMs: 20,
  ...more,
})

async function rotate(more: Partial<RotationOptions> = {}) {
  const all = options(more)
  const payload = await planRotation(all)
  const journal = Journal.begin(journalFolder, { kind: 'rotate', target: 'app_a,app_b', payload })
  const result = await rotateDual(all, journal)
  journal.finish()
  return result
}

/** Clients that read the store for every connection, until told to stop. */
function load(count: number) {
  const tally = { fine: 0, failed: 0, reasons: new Set<string>() }
  let isOver = false
  const clients = Array.from({ length: count }, async () => {
    while (!isOver) {
      try {
        const { user, password } = await store.read()
        const client = await connectServer({ ...admin(), user, password })
        await client.query('select 1')
        await client.end()
        tally.fine++
      } catch (error) {
        tally.failed++
        tally.reasons.add(String(error))
      }
    }
  })
  const stop = async () => {
    isOver = true
    await Promise.all(clients)
    return tally
  }
  return { tally, stop }
}

describe('T70 rotation under constant new connections', () => {
  it('fails no connection in twenty rotations, of raw clients and of the pool', async () => {
    const { stop } = load(3)
    const credentials = { current: () => store.read(), refresh: () => store.read() }
    const pool = new DatabasePool({ parameters: admin(), credentials, size: 3, maxLifetimeMs: 1000, idleTimeoutMs: 50 })
    const poolFailures: string[] = []
    let isOver = false
    const querying = (async () => {
      while (!isOver) await pool.query('select pg_sleep(0.002)').catch((error) => void poolFailures.push(String(error)))
    })()
    for (let count = 0; count < 20; count++) {
      const rotation = rotate()
      await setTimeout(30)
      await pool.replaceSessions()
      await rotation
    }
    isOver = true
    await querying
    const tally = await stop()
    await pool.end()
    expect({ ...tally, poolFailures }).toMatchObject({ failed: 0, reasons: new Set(), poolFailures: [] })
    expect(tally.fine).toBeGreaterThan(100)
  })

  it('lets who logged in after the last look finish', async () => {
    const { user, password } = await store.read()
    let answer: Promise<unknown> = Promise.resolve()
    let isRetiring = false
    const watched: LoginStore = {
      name: store.name,
      write: (login) => store.write(login),
      read: async () => {
        if (isRetiring) {
          isRetiring = false
          const late = await connectServer({ ...admin(), user, password })
          answer = late.query('select pg_sleep(1)').finally(() => late.end())
          answer.catch(() => {})
        }
        return await store.read()
      },
    }
    const onStep: RotationOptions['onStep'] = (step, moment) => {
      if (step === 'retire' && moment === 'before') isRetiring = true
    }
    const { terminated } = await rotate({ store: watched, onStep })
    expect(terminated).toEqual([])
    await expect(answer).resolves.toMatchObject({ rowCount: 1 })
    expect(await canLogIn(admin(), user, password)).toBe(false)
  })

  it('is not what one role gives: the naive way fails connections', async () => {
    const { tally, stop } = load(3)
    cluster.sql(`alter role app_a password 'naive-password'`)
    // the time a provider takes: whoever connects meanwhile fails
    await expect.poll(() => tally.failed, { timeout: 60_000 }).toBeGreaterThan(0)
    await store.write({ user: 'app_a', password: new Secret('naive-password') })
    await stop()
  })
})

describe('T71 a rotation that is killed', () => {
  const moments = rotationSteps.flatMap((step) => [[step, 'before'] as const, [step, 'after'] as const])
  it.each([...moments, ['publish', 'inside'] as const])(
    'at %s, %s, always leaves a login that works, and resumes',
    async (step, moment) => {
      const payload = await planRotation(options())
      const journal = Journal.begin(journalFolder, { kind: 'rotate', target: 'app_a,app_b', payload })
      const script = join(import.meta.dirname, 'support/rotate.script.ts')
      const words = [cluster.url('app'), storePath, journalFolder, journal.entry.id, step, moment]
      const ended = spawnSync(process.execPath, ['--conditions=development', script, ...words], { encoding: 'utf8' })
      expect(ended.signal, ended.stderr).toBe('SIGKILL')
      const between = await store.read()
      expect(await canLogIn(admin(), between.user, between.password)).toBe(true)
      const resumed = Journal.open(journalFolder, journal.entry.id)
      await rotateDual(options(), resumed)
      const after = await store.read()
      expect(after.user).toBe('app_b')
      expect(await canLogIn(admin(), 'app_b', after.password)).toBe(true)
      expect(await canLogIn(admin(), 'app_a', new Secret('first-password-of-a'))).toBe(false)
    },
  )
})

describe('T72 a provider that fails', () => {
  const broken = (write: LoginStore['write'], read: LoginStore['read'] = () => store.read()): LoginStore => ({
    name: 'broken store',
    read,
    write,
  })

  it('to write is rolled back: the old login works, the new one is closed', async () => {
    const refuses = broken(async () => Promise.reject(new Error('no space')))
    await expect(rotate({ store: refuses })).rejects.toThrow('no space')
    expect(await canLogIn(admin(), 'app_a', new Secret('first-password-of-a'))).toBe(true)
    expect(cluster.sql("select rolcanlogin from pg_roles where rolname = 'app_b'")).toBe('f')
  })

  it('to give back what was written is rolled back too', async () => {
    await expect(rotate({ store: broken(async () => {}) })).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect(await canLogIn(admin(), 'app_a', new Secret('first-password-of-a'))).toBe(true)
    expect(cluster.sql("select rolcanlogin from pg_roles where rolname = 'app_b'")).toBe('f')
  })

  it('slowly fails nobody', async () => {
    const { stop } = load(2)
    const slow = broken(async (login) => {
      await setTimeout(300)
      await store.write(login)
    })
    await rotate({ store: slow })
    expect((await stop()).failed).toBe(0)
  })

  it('is not needed to see that the other login may do less', async () => {
    cluster.sql('revoke app_group from app_b')
    await expect(rotate()).rejects.toMatchObject({ code: 'REFUSED', message: expect.stringContaining('memberships') })
    cluster.sql('grant app_group to app_b; grant connect on database app to app_a')
    await expect(rotate()).rejects.toMatchObject({ message: expect.stringContaining('grants of its own') })
    cluster.sql('revoke connect on database app from app_a')
  })

  it('or a server that goes away on the way, leaves a rotation to resume', async () => {
    const payload = await planRotation(options())
    const journal = Journal.begin(journalFolder, { kind: 'rotate', target: 'app_a,app_b', payload })
    const down = options({
      store: broken(async (login) => {
        await store.write(login)
        await cluster.shutdown('fast')
      }),
    })
    await expect(rotateDual(down, journal)).rejects.toMatchObject({ code: 'CONNECTION_REFUSED' })
    await cluster.start()
    await rotateDual(options(), Journal.open(journalFolder, journal.entry.id))
    const { user, password } = await store.read()
    expect(await canLogIn(admin(), user, password)).toBe(true)
  })
})

describe('T73 a client that stays on the old login', () => {
  it('is waited for, named, and ended when the grace is over', async () => {
    const stubborn = await connectServer({
      ...admin(),
      user: 'app_a',
      password: new Secret('first-password-of-a'),
      applicationName: 'stubborn',
    })
    let lost = false
    stubborn.on('end', () => {
      lost = true
    })
    const told: string[] = []
    const result = await rotate({ graceMs: 200, onProgress: (line) => void told.push(line) })
    expect(told).toContain('still on app_a: stubborn (1)')
    expect(result.terminated).toEqual([{ application: 'stubborn', sessions: 1 }])
    await expect.poll(() => lost).toBe(true)
  })
})

describe('T74 two rotations at once', () => {
  it('end with one that rotated and one that found the lock', async () => {
    const { run, remove } = newCommandLine()
    const words = [
      'rotate',
      'run',
      '--url',
      cluster.url('app'),
      '--logins',
      'app_a,app_b',
      '--store',
      storePath,
      '--grace',
      '1',
      '--apply',
    ]
    const both = await Promise.all([run(...words), run(...words)])
    expect(both.map(({ exitCode }) => exitCode).sort(), both.map(({ stderr }) => stderr).join()).toEqual([0, 6])
    expect((await run('rotate', 'status')).exitCode).toBe(0)
    remove()
  })
})

describe('T74 two machines at once', () => {
  it('are kept apart by the server itself', async () => {
    const here = newCommandLine()
    const there = newCommandLine()
    const words = [
      'rotate',
      'run',
      '--url',
      cluster.url('app'),
      '--logins',
      'app_a,app_b',
      '--store',
      storePath,
      '--grace',
      '1',
      '--apply',
    ]
    const both = await Promise.all([here.run(...words), there.run(...words)])
    expect(both.map(({ exitCode }) => exitCode).sort(), both.map(({ stderr }) => stderr).join()).toEqual([0, 6])
    expect(both.find(({ exitCode }) => exitCode === 6)?.stderr).toMatch(/on the server: 127\.0\.0\.1, process \d+/)
    here.remove()
    there.remove()
  })
})

describe('T75 the passwords of rotations', () => {
  it('stand in no server log, journal, output or operations log', async () => {
    const { run, stateFolder, remove } = newCommandLine()
    const words = [
      'rotate',
      'run',
      '--url',
      cluster.url('app'),
      '--logins',
      'app_a,app_b',
      '--store',
      storePath,
      '--grace',
      '1',
      '--apply',
    ]
    const ran = await run(...words)
    expect(ran.exitCode, ran.stderr).toBe(0)
    const { password } = await store.read()
    const secret = password.reveal()
    const id = /rotate-\w+/.exec(ran.stdout)?.[0] ?? ''
    const operations = readFileSync(join(stateFolder, 'audit/operations-000001.jsonl'), 'utf8')
    const journal = JSON.stringify(listJournal(join(stateFolder, 'journal')))
    expect(journal).toContain(id)
    for (const text of [cluster.log(), ran.stdout, ran.stderr, operations, journal]) {
      expect(text.length).toBeGreaterThan(0)
      expect(text).not.toContain(secret)
    }
    writeFileSync(storePath, '{}')
    expect((await run(...words)).exitCode).toBe(2)
    remove()
  })
})

describe('a provider as the store', () => {
  it('gives out user and password as one secret, and is rotated by the same command, only when it is due', async () => {
    const folder = scratchFolder()
    const { run, remove } = newCommandLine({ DBOPS_MASTER_KEY: 'master-key-of-rotation-01' })
    const file = join(folder, 'store')
    const provider = new LocalStore(file, new Secret('master-key-of-rotation-01'))
    provider.create()
    await provider.write('login', new Secret(JSON.stringify({ user: 'app_a', password: 'first-password-of-a' })))
    const words = [
      'rotate',
      'run',
      '--url',
      cluster.url('app'),
      '--logins',
      'app_a,app_b',
      '--store',
      `store:${file}#login`,
      '--grace',
      '1',
      '--apply',
    ]
    const ran = await run(...words)
    expect(ran.exitCode, ran.stderr).toBe(0)
    const { value, version } = await provider.read('login')
    const { user, password } = JSON.parse(value.reveal())
    expect([user, version]).toEqual(['app_b', '2'])
    expect(await canLogIn(admin(), user, new Secret(password))).toBe(true)
    expect((await run(...words, '--max-age-days', '90')).stdout).toContain('nothing to do yet')
    expect((await provider.read('login')).version).toBe('2')
    remove()
  })
})

describe('T102 rollback', () => {
  it('of a rotation gives out the login before again, with a new password that works, and closes the newer one', async () => {
    const { run, remove } = newCommandLine()
    const words = [
      '--url',
      cluster.url('app'),
      '--logins',
      'app_a,app_b',
      '--store',
      storePath,
      '--grace',
      '1',
      '--apply',
    ]
    const ran = await run('rotate', 'run', ...words)
    const newer = await store.read()
    const id = /rotate-\w+/.exec(ran.stdout)?.[0] ?? ''
    const back = await run('rotate', 'rollback', id, ...words)
    expect(back.exitCode, back.stderr).toBe(0)
    const { user, password } = await store.read()
    expect(user).toBe('app_a')
    expect(await canLogIn(admin(), user, password)).toBe(true)
    expect(await canLogIn(admin(), newer.user, newer.password)).toBe(false)
    remove()
  })
})
