import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '@pcap-analyzer/dbops'
import { describe, expect, it } from 'vitest'
import { LocalStore } from '../src/credentials/local-store.ts'
import { canLogIn } from '../src/rotation/login-proof.ts'
import { listJournal } from '../src/state/journal.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { FIRST_PASSWORD, rotationPlace } from './support/rotation.ts'

const place = rotationPlace()

describe('T74 two rotations at once', () => {
  it('end with one that rotated and one that found the lock', async () => {
    const { run, remove } = newCommandLine()
    const words = place.words()
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
    const words = place.words()
    const both = await Promise.all([here.run(...words), there.run(...words)])
    expect(both.map(({ exitCode }) => exitCode).sort(), both.map(({ stderr }) => stderr).join()).toEqual([0, 6])
    expect(both.find(({ exitCode }) => exitCode === 6)?.stderr).toMatch(/on the server: 127\.0\.0\.1, process \d+/)
    here.remove()
    there.remove()
  })
})

describe('rotate plan', () => {
  it('says who would be next and who would be waited for, and refuses what the rotation would refuse', async () => {
    const { run, remove } = newCommandLine()
    const words = place.words().filter((word) => word !== '--apply')
    const plan = () => run('rotate', 'plan', ...words.slice(2), '--format', 'json')
    const before = await place.store.read()
    const fine = await plan()
    expect([fine.exitCode, fine.json().data], fine.stderr).toEqual([
      0,
      expect.objectContaining({ from: before.user, to: before.user === 'app_a' ? 'app_b' : 'app_a', sessions: [] }),
    ])
    expect((await place.store.read()).version).toBe(before.version)
    place.cluster.sql('alter role app_a connection limit 7')
    expect((await plan()).exitCode).toBe(7)
    place.cluster.sql('alter role app_a connection limit -1')
    expect((await plan()).exitCode).toBe(0)
    remove()
  })
})

describe('T75 the passwords of rotations', () => {
  it('stand in no server log, journal, output or operations log', async () => {
    const { run, stateFolder, remove } = newCommandLine()
    const words = place.words()
    const ran = await run(...words)
    expect(ran.exitCode, ran.stderr).toBe(0)
    const { password } = await place.store.read()
    const secret = password.reveal()
    const id = /rotate-\w+/.exec(ran.stdout)?.[0] ?? ''
    const operations = readFileSync(join(stateFolder, 'audit/operations-000001.jsonl'), 'utf8')
    const journal = JSON.stringify(listJournal(join(stateFolder, 'journal')))
    expect(journal).toContain(id)
    for (const text of [place.cluster.log(), ran.stdout, ran.stderr, operations, journal]) {
      expect(text.length).toBeGreaterThan(0)
      expect(text).not.toContain(secret)
    }
    writeFileSync(place.storePath, '{}')
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
    await provider.write('login', new Secret(JSON.stringify({ user: 'app_a', password: FIRST_PASSWORD })))
    const words = place.words('--store', `store:${file}#login`)
    const ran = await run(...words)
    expect(ran.exitCode, ran.stderr).toBe(0)
    const { value, version } = await provider.read('login')
    const { user, password } = JSON.parse(value.reveal())
    expect([user, version]).toEqual(['app_b', '2'])
    expect(await canLogIn(place.admin, user, new Secret(password))).toBe(true)
    expect((await run(...words, '--max-age-days', '90')).stdout).toContain('nothing to do yet')
    expect((await provider.read('login')).version).toBe('2')
    remove()
  })
})

describe('T102 rollback', () => {
  it('of a rotation gives out the login before again, with a new password that works, and closes the newer one', async () => {
    const { run, remove } = newCommandLine()
    const words = place.words()
    const ran = await run(...words)
    const newer = await place.store.read()
    const id = /rotate-\w+/.exec(ran.stdout)?.[0] ?? ''
    const back = await run('rotate', 'rollback', id, ...words.slice(2))
    expect(back.exitCode, back.stderr).toBe(0)
    const { user, password } = await place.store.read()
    expect(user).toBe('app_a')
    expect(await canLogIn(place.admin, user, password)).toBe(true)
    expect(await canLogIn(place.admin, newer.user, newer.password)).toBe(false)
    remove()
  })
})
