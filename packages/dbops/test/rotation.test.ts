import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { connectServer, DatabasePool, Secret } from '@pcap-analyzer/dbops'
import { describe, expect, it } from 'vitest'
import { canLogIn } from '../src/rotation/login-proof.ts'
import { planRotation, type RotationOptions, rotateDual, rotationSteps } from '../src/rotation/rotate-dual.ts'
import type { LoginStore } from '../src/rotation/secret-store.ts'
import { Journal } from '../src/state/journal.ts'
import { FIRST_PASSWORD, newConnections, rotationPlace } from './support/rotation.ts'

const place = rotationPlace()
const options = (more: Partial<RotationOptions> = {}): RotationOptions => ({
  admin: place.admin,
  logins: ['app_a', 'app_b'],
  store: place.store,
  graceMs: 20_000,
  settleMs: 100,
  pollMs: 20,
  ...more,
})

const begin = async (all: RotationOptions): Promise<Journal> =>
  Journal.begin(place.journalFolder, { kind: 'rotate', target: 'app_a,app_b', payload: await planRotation(all) })

async function rotate(more: Partial<RotationOptions> = {}) {
  const all = options(more)
  const journal = await begin(all)
  const result = await rotateDual(all, journal)
  journal.finish()
  return result
}

describe('T70 rotation under constant new connections', () => {
  it('fails no connection in twenty rotations, of raw clients and of the pool', async () => {
    const { stop } = newConnections(place, 3)
    const credentials = { current: () => place.store.read(), refresh: () => place.store.read() }
    const pool = new DatabasePool({
      parameters: place.admin,
      credentials,
      size: 3,
      maxLifetimeMs: 1000,
      idleTimeoutMs: 50,
    })
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
    const { user, password } = await place.store.read()
    let answer: Promise<unknown> = Promise.resolve()
    let isRetiring = false
    const watched: LoginStore = {
      name: place.store.name,
      write: (login) => place.store.write(login),
      read: async () => {
        if (isRetiring) {
          isRetiring = false
          const late = await connectServer({ ...place.admin, user, password })
          answer = late.query('select pg_sleep(1)').finally(() => late.end())
          answer.catch(() => {})
        }
        return await place.store.read()
      },
    }
    const onStep: RotationOptions['onStep'] = (step, moment) => {
      if (step === 'retire' && moment === 'before') isRetiring = true
    }
    const { terminated } = await rotate({ store: watched, onStep })
    expect(terminated).toEqual([])
    await expect(answer).resolves.toMatchObject({ rowCount: 1 })
    expect(await canLogIn(place.admin, user, password)).toBe(false)
  })

  it('is not what one role gives: the naive way fails connections', async () => {
    const { tally, stop } = newConnections(place, 3)
    place.cluster.sql(`alter role app_a password 'naive-password'`)
    // the time a provider takes: whoever connects meanwhile fails
    await expect.poll(() => tally.failed, { timeout: 60_000 }).toBeGreaterThan(0)
    await place.store.write({ user: 'app_a', password: new Secret('naive-password') })
    await stop()
  })
})

describe('T71 a rotation that is killed', () => {
  const moments = rotationSteps.flatMap((step) => [[step, 'before'] as const, [step, 'after'] as const])
  it.each([...moments, ['publish', 'inside'] as const])(
    'at %s, %s, always leaves a login that works, and resumes',
    async (step, moment) => {
      const journal = await begin(options())
      const script = join(import.meta.dirname, 'support/rotate.script.ts')
      const words = [place.cluster.url('app'), place.storePath, place.journalFolder, journal.entry.id, step, moment]
      const ended = spawnSync(process.execPath, ['--conditions=development', script, ...words], { encoding: 'utf8' })
      expect(ended.signal, ended.stderr).toBe('SIGKILL')
      const between = await place.store.read()
      expect(await canLogIn(place.admin, between.user, between.password)).toBe(true)
      const resumed = Journal.open(place.journalFolder, journal.entry.id)
      await rotateDual(options(), resumed)
      const after = await place.store.read()
      expect(after.user).toBe('app_b')
      expect(await canLogIn(place.admin, 'app_b', after.password)).toBe(true)
      expect(await canLogIn(place.admin, 'app_a', new Secret(FIRST_PASSWORD))).toBe(false)
    },
  )
})

describe('T72 a provider that fails', () => {
  const broken = (write: LoginStore['write'], read: LoginStore['read'] = () => place.store.read()): LoginStore => ({
    name: 'broken store',
    read,
    write,
  })

  it('to write is rolled back: the old login works, the new one is closed', async () => {
    const refuses = broken(async () => Promise.reject(new Error('no space')))
    await expect(rotate({ store: refuses })).rejects.toThrow('no space')
    expect(await canLogIn(place.admin, 'app_a', new Secret(FIRST_PASSWORD))).toBe(true)
    expect(place.cluster.sql("select rolcanlogin from pg_roles where rolname = 'app_b'")).toBe('f')
  })

  it('to give back what was written is rolled back too', async () => {
    await expect(rotate({ store: broken(async () => {}) })).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect(await canLogIn(place.admin, 'app_a', new Secret(FIRST_PASSWORD))).toBe(true)
    expect(place.cluster.sql("select rolcanlogin from pg_roles where rolname = 'app_b'")).toBe('f')
  })

  it('slowly fails nobody', async () => {
    const { stop } = newConnections(place, 2)
    const slow = broken(async (login) => {
      await setTimeout(300)
      await place.store.write(login)
    })
    await rotate({ store: slow })
    expect((await stop()).failed).toBe(0)
  })

  it('is not needed to see that the other login may do less', async () => {
    place.cluster.sql('revoke app_group from app_b')
    await expect(rotate()).rejects.toMatchObject({ code: 'REFUSED', message: expect.stringContaining('memberships') })
    place.cluster.sql('grant app_group to app_b; grant connect on database app to app_a')
    await expect(rotate()).rejects.toMatchObject({ message: expect.stringContaining('grants of its own') })
    place.cluster.sql('revoke connect on database app from app_a')
  })

  it('or a server that goes away on the way, leaves a rotation to resume', async () => {
    const journal = await begin(options())
    const down = options({
      store: broken(async (login) => {
        await place.store.write(login)
        await place.cluster.shutdown('fast')
      }),
    })
    await expect(rotateDual(down, journal)).rejects.toMatchObject({ code: 'CONNECTION_REFUSED' })
    await place.cluster.start()
    await rotateDual(options(), Journal.open(place.journalFolder, journal.entry.id))
    const { user, password } = await place.store.read()
    expect(await canLogIn(place.admin, user, password)).toBe(true)
  })
})

describe('T73 a client that stays on the old login', () => {
  it('is waited for, named, and ended when the grace is over', async () => {
    const stubborn = await connectServer({
      ...place.admin,
      user: 'app_a',
      password: new Secret(FIRST_PASSWORD),
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
