import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { connectServer, DatabasePool, Secret } from '@pcap-analyzer/dbops'
import { describe, expect, it } from 'vitest'
import { LocalStore } from '../src/credentials/local-store.ts'
import { type SingleRotationOptions, singleRotationSteps } from '../src/rotation/change-in-place.ts'
import { canLogIn } from '../src/rotation/login-proof.ts'
import { planSingleRotation, rotateSingle } from '../src/rotation/rotate-single.ts'
import type { LoginStore } from '../src/rotation/secret-store.ts'
import { Journal, listJournal } from '../src/state/journal.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { FIRST_PASSWORD, rotationPlace } from './support/rotation.ts'

const place = rotationPlace()
const first = new Secret(FIRST_PASSWORD)
const options = (more: Partial<SingleRotationOptions> = {}): SingleRotationOptions => ({
  admin: place.admin,
  login: 'app_a',
  store: place.store,
  rereadMs: 100,
  pollMs: 20,
  ...more,
})

async function begin(): Promise<Journal> {
  const payload = await planSingleRotation(options())
  return Journal.begin(place.journalFolder, { kind: 'rotate', target: 'app_a', payload })
}

const given = async (): Promise<boolean> => {
  const { user, password } = await place.store.read()
  return await canLogIn(place.admin, user, password)
}

describe('T70 a rotation in place', () => {
  it.each(['provider', 'database'] as const)('with the %s first ends with one password that works', async (side) => {
    await rotateSingle(options({ first: side }), await begin())
    expect([await given(), await canLogIn(place.admin, 'app_a', first)]).toEqual([true, false])
    expect(place.cluster.log()).not.toContain((await place.store.read()).password.reveal())
  })

  it.each(['provider', 'database'] as const)(
    'with the %s first refuses who logs in on the way, and a client that tries again gets in',
    async (side) => {
      let refused = 0
      let published = () => {}
      const isPublished = new Promise<void>((resolve) => {
        published = resolve
      })
      const cached = { value: await place.store.read() }
      const pool = new DatabasePool({
        parameters: place.admin,
        credentials: {
          current: async () => cached.value,
          refresh: async () => {
            refused++
            cached.value = await place.store.read()
            return cached.value
          },
        },
        loginRetryMs: 60_000,
      })
      let answer: Promise<unknown> = Promise.resolve()
      // the store shows the new password, the server still has the old one; or the other way round
      const slow: LoginStore = {
        name: 'slow store',
        read: () => place.store.read(),
        write: async (login) => {
          if (side === 'provider') await place.store.write(login)
          if (side === 'provider') cached.value = await place.store.read()
          answer = pool.query('select 1')
          await expect.poll(() => refused, { timeout: 60_000 }).toBeGreaterThan(1)
          if (side === 'database') await place.store.write(login)
          published()
        },
      }
      await rotateSingle(options({ first: side, store: slow }), await begin())
      await isPublished
      await expect(answer).resolves.toMatchObject({ rowCount: 1 })
      await pool.end()
    },
  )

  it('leaves open sessions alone, or ends those from before when it is told to', async () => {
    const before = await connectServer({ ...place.admin, user: 'app_a', password: first, applicationName: 'old' })
    expect((await rotateSingle(options(), await begin())).terminated).toEqual([])
    await before.query('select 1')
    const { terminated } = await rotateSingle(options({ isOldEnded: true, graceMs: 0 }), await begin())
    expect(terminated).toEqual([{ application: 'old', sessions: 1 }])
    await expect(before.query('select 1')).rejects.toThrow()
  })
})

describe('T71 a rotation in place that is killed', () => {
  const moments = (['provider', 'database'] as const).flatMap((side) => [
    ...singleRotationSteps.flatMap((step) => [[side, step, 'before'] as const, [side, step, 'after'] as const]),
    [side, 'publish', 'inside'] as const,
  ])
  it.each(moments)('with the %s first at %s, %s, is resumed to one password that works', async (side, step, moment) => {
    const journal = await begin()
    const script = join(import.meta.dirname, 'support/rotate.script.ts')
    const words = [place.cluster.url('app'), place.storePath, place.journalFolder, journal.entry.id, step, moment, side]
    const ended = spawnSync(process.execPath, ['--conditions=development', script, ...words], { encoding: 'utf8' })
    expect(ended.signal, ended.stderr).toBe('SIGKILL')
    const isUnpublished = (await place.store.read()).version === '1'
    const resumed = await rotateSingle(options(), Journal.open(place.journalFolder, journal.entry.id)).catch(
      (error) => error,
    )
    expect(await given()).toBe(true)
    expect(await canLogIn(place.admin, 'app_a', first)).toBe(isUnpublished && resumed.code === 'REFUSED')
  })
})

describe('T72 a provider that fails in a rotation in place', () => {
  const broken = (write: LoginStore['write'], read: LoginStore['read'] = () => place.store.read()): LoginStore => ({
    name: 'broken store',
    read,
    write,
  })
  const failing: readonly (readonly [string, () => LoginStore])[] = [
    ['refuses', () => broken(async () => Promise.reject(new Error('no space')))],
    ['forgets', () => broken(async () => {})],
    [
      'writes, then fails',
      () => {
        let writes = 0
        return broken(async (login) => {
          await place.store.write(login)
          if (writes++ === 0) throw new Error('no answer')
        })
      },
    ],
  ]
  const cases = failing.flatMap(([what, store]) =>
    (['provider', 'database'] as const).map((side) => [what, side, store] as const),
  )

  it.each(cases)('%s: with the %s first, both have the old password again', async (_, side, store) => {
    const journal = await begin()
    await expect(rotateSingle(options({ first: side, store: store() }), journal)).rejects.toThrow()
    expect([await given(), await canLogIn(place.admin, 'app_a', first)]).toEqual([true, true])
    expect(journal.isDone('undo')).toBe(true)
  })

  it('or gives out another login, or a password that does not work, is seen before anything changes', async () => {
    await place.store.write({ user: 'app_a', password: new Secret('not-the-password') })
    await expect(begin()).rejects.toMatchObject({ code: 'REFUSED', message: expect.stringContaining('does not work') })
    await place.store.write({ user: 'app_b', password: first })
    await expect(begin()).rejects.toMatchObject({ message: expect.stringContaining('gives out app_b') })
  })
})

describe('the command', () => {
  it('warns, rotates, runs hooks, and says when one of them failed', async () => {
    const { run, stateFolder, remove } = newCommandLine()
    const words = ['--url', place.cluster.url('app'), '--login', 'app_a', '--store', place.storePath]
    const plan = await run('rotate', 'run', ...words)
    expect([plan.exitCode, plan.stdout]).toEqual([0, expect.stringContaining('new sessions are refused (28P01)')])
    expect((await place.store.read()).version).toBe('1')
    const hooks = ['--hook', 'true', '--hook', 'echo cannot reload >&2; exit 3']
    const ran = await run('rotate', 'run', ...words, ...hooks, '--apply')
    expect([ran.exitCode, ran.stdout], ran.stderr).toEqual([8, expect.stringContaining('ended with 3: cannot reload')])
    expect(ran.stderr).toContain('with two logins (--logins) nobody is refused')
    expect(await given()).toBe(true)
    expect(listJournal(join(stateFolder, 'journal'))).toMatchObject([{ status: 'done', target: 'app_a' }])
    const both = await run('rotate', 'run', ...words, '--logins', 'app_a,app_b')
    expect([both.exitCode, (await run('rotate', 'run', ...words.slice(0, 2))).exitCode]).toEqual([2, 2])
    remove()
  })

  it('goes back to the former password where the store keeps it', async () => {
    const file = join(scratchFolder(), 'store')
    const { run, remove } = newCommandLine({ DBOPS_MASTER_KEY: 'master-key-of-rotation-01' })
    const provider = new LocalStore(file, new Secret('master-key-of-rotation-01'))
    provider.create()
    await provider.write('login', new Secret(JSON.stringify({ user: 'app_a', password: FIRST_PASSWORD })))
    const words = ['--url', place.cluster.url('app'), '--login', 'app_a', '--apply']
    const ran = await run('rotate', 'run', ...words, '--store', `store:${file}#login`)
    expect([ran.exitCode, await canLogIn(place.admin, 'app_a', first)], ran.stderr).toEqual([0, false])
    const id = /rotate-\w+/.exec(ran.stdout)?.[0] ?? ''
    const back = await run('rotate', 'rollback', id, ...words, '--store', `store:${file}#login`)
    expect([back.exitCode, await canLogIn(place.admin, 'app_a', first)], back.stderr).toEqual([0, true])
    expect(JSON.parse((await provider.read('login')).value.reveal()).password).toBe(FIRST_PASSWORD)
    remove()
  })
})
