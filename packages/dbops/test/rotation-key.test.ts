import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { LocalStore } from '../src/credentials/local-store.ts'
import type { SecretProvider } from '../src/credentials/secret-provider.ts'
import { readKnownSecrets } from '../src/guard/known-secrets.ts'
import { type AppKeyStep, appKeySteps, planAppKey, rotateAppKey } from '../src/rotation/rotate-app-key.ts'
import { Secret } from '../src/secret.ts'
import { Journal, listJournal } from '../src/state/journal.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { bodyOf, secretServer, send } from './support/secret-server.ts'

const MASTER = 'master-key-of-rotation-01'
const FIRST = 'first-key-of-the-application-0815'
const folder = { path: '' }
beforeEach(() => {
  folder.path = scratchFolder()
})

async function newStore(): Promise<LocalStore> {
  const store = new LocalStore(join(folder.path, 'store'), new Secret(MASTER))
  store.create()
  await store.write('session', new Secret(FIRST))
  return store
}

/** The store with a way to write of its own. */
function over(store: LocalStore, write: SecretProvider['write']): SecretProvider {
  return {
    name: store.name,
    read: (name, version) => store.read(name, version),
    versions: (name) => store.versions(name),
    names: () => store.names(),
    write,
  }
}

const keyAt = async (provider: SecretProvider, name: string) => (await provider.read(name)).value.reveal()
const pairOf = async (provider: SecretProvider) => [
  await keyAt(provider, 'session'),
  await keyAt(provider, 'session-previous').catch(() => null),
]

describe('T78 the key of an application', () => {
  it('is planned, made anew and kept under a second name, told to the guard and never shown', async () => {
    const store = await newStore()
    const { run, stateFolder, remove } = newCommandLine({ DBOPS_MASTER_KEY: MASTER })
    const words = ['rotate', 'app-key', '--store', `store:${join(folder.path, 'store')}#session`]
    const plan = await run(...words)
    expect([plan.exitCode, plan.stdout, await pairOf(store)], plan.stderr).toEqual([
      0,
      expect.stringContaining('as session-previous'),
      [FIRST, null],
    ])
    const hooks = ['--hook', `touch ${folder.path}/reloaded`, '--hook', 'echo no such unit >&2; exit 3']
    const ran = await run(...words, ...hooks, '--apply')
    expect([ran.exitCode, ran.stdout], ran.stderr).toEqual([8, expect.stringContaining('ended with 3: no such unit')])
    const [key, previous] = await pairOf(store)
    expect(readFileSync(join(folder.path, 'reloaded'), 'utf8')).toBe('')
    expect([previous, Buffer.from(key ?? '', 'base64url').length]).toEqual([FIRST, 32])
    expect(readKnownSecrets(stateFolder)?.sums.has(key?.length ?? 0)).toBe(true)
    const operations = readFileSync(join(stateFolder, 'audit/operations-000001.jsonl'), 'utf8')
    expect(operations).toContain('rotate app-key')
    const journal = JSON.stringify(listJournal(join(stateFolder, 'journal')))
    for (const text of [plan.stdout, ran.stdout, ran.stderr, operations, journal])
      for (const secret of [key ?? '', FIRST]) expect(text).not.toContain(secret)
    expect((await run('rotate', 'status')).stdout).toContain('key session of store')
    remove()
  })

  it('is not rotated again while the one before is still to be accepted, and is rolled back to it', async () => {
    const store = await newStore()
    const { run, stateFolder, remove } = newCommandLine({ DBOPS_MASTER_KEY: MASTER })
    const place = ['--store', `store:${join(folder.path, 'store')}#session`, '--apply']
    const ran = await run('rotate', 'app-key', ...place, '--kind', 'hex')
    const [key] = await pairOf(store)
    expect([ran.exitCode, key], ran.stderr).toEqual([0, expect.stringMatching(/^[0-9a-f]{64}$/)])
    const again = await run('rotate', 'app-key', ...place)
    expect([again.exitCode, again.stderr]).toEqual([7, expect.stringContaining('still to be accepted')])
    const id = /rotate-key-\w+/.exec(ran.stdout)?.[0] ?? ''
    const back = await run('rotate', 'rollback', id, ...place)
    expect([back.exitCode, await pairOf(store)], back.stderr).toEqual([0, [FIRST, key]])
    expect((await run('rotate', 'app-key', ...place, '--overlap-days', '0')).exitCode).toBe(0)
    expect((await run('rotate', 'rollback', id, ...place)).exitCode).toBe(7)
    expect(listJournal(join(stateFolder, 'journal')).map(({ status }) => status)).toEqual(['aborted', 'done'])
    remove()
  })

  it('asks for a name in production, for a place that is a key, and for another place of the one before', async () => {
    await newStore()
    const { run, remove } = newCommandLine({ DBOPS_MASTER_KEY_FILE: join(folder.path, 'master') })
    writeFileSync(join(folder.path, 'master'), MASTER, { mode: 0o600 })
    const file = join(folder.path, 'store')
    const tried = async (...more: string[]) => {
      const { exitCode, stderr } = await run('rotate', 'app-key', ...more)
      return [exitCode, stderr]
    }
    const place = ['--store', `store:${file}#session`, '--apply', '--environment', 'production']
    expect(await tried(...place)).toEqual([7, expect.stringContaining('needs --confirm session')])
    const same = await tried(...place, '--previous-name', 'session', '--confirm', 'session')
    expect(same).toEqual([7, expect.stringContaining('a place of its own')])
    expect(await tried('--store', file)).toEqual([2, expect.stringContaining('names no key')])
    expect((await tried('--store', `store:${file}#nothing`))[1]).toContain('secret nothing is not in')
    expect(await tried(...place, '--confirm', 'session')).toEqual([0, expect.stringContaining('kept as')])
    remove()
  })
})

describe('T78 the rotation of a key that is interrupted', () => {
  const moments = [...appKeySteps.map((step) => [step, 'before'] as const), ['publish', 'inside'] as const]
  it.each(moments)(
    'at %s, %s, is resumed to a key that is given out, with the one before kept',
    async (step, moment) => {
      const store = await newStore()
      const { run, stateFolder, remove } = newCommandLine({ DBOPS_MASTER_KEY: MASTER })
      const onStep = (at: AppKeyStep, when: string): void => {
        if (at === step && when === moment) throw new NeverBack()
      }
      // takes the new key, and the process is gone before it can note it
      const provider = over(store, async (name, value) => {
        const version = await store.write(name, value)
        if (moment === 'inside' && name === 'session') throw new NeverBack()
        return version
      })
      const options = { provider, name: 'session', previousName: 'session-previous', onStep }
      const target = `key session of ${store.name}`
      const begun = { kind: 'rotate-key', target, payload: await planAppKey(options) }
      const journal = Journal.begin(join(stateFolder, 'journal'), begun)
      await expect(rotateAppKey(options, crashing(journal))).rejects.toThrow(NeverBack)
      const { id } = journal.entry
      const place = ['--store', `store:${join(folder.path, 'store')}#session`, '--apply']
      expect((await run('rotate', 'app-key', ...place)).stderr).toContain(`rotation ${id} was interrupted`)
      const isMadeOnly = step === 'publish' && moment === 'before'
      const resumed = await run('resume', id, ...place)
      expect(resumed.exitCode, resumed.stderr).toBe(isMadeOnly ? 7 : 0)
      const [key, previous] = await pairOf(store)
      expect([key === FIRST, previous]).toEqual([isMadeOnly, FIRST])
      expect(listJournal(join(stateFolder, 'journal'))[0].status).toBe(isMadeOnly ? 'aborted' : 'done')
      remove()
    },
  )

  /** As a process that is gone: the undo is not run either. */
  function crashing(journal: Journal): Journal {
    const step = journal.step.bind(journal)
    journal.step = (name, work) => (name === 'undo' ? Promise.reject(new NeverBack()) : step(name, work))
    return journal
  }
  class NeverBack extends Error {}
})

describe('T78 a store that fails while a key is rotated', () => {
  it.each(['refuses', 'forgets', 'takes it, then fails'])('and %s: the key before is given out', async (how) => {
    const store = await newStore()
    let writes = 0
    const provider = over(store, async (name, value) => {
      if (name !== 'session' || writes++ > 0) return await store.write(name, value)
      if (how === 'takes it, then fails') await store.write(name, value)
      if (how !== 'forgets') throw new Error('no answer')
      return '2'
    })
    const options = { provider, name: 'session', previousName: 'session-previous', rereadMs: 0 }
    const begun = { kind: 'rotate-key', target: 'x', payload: await planAppKey(options) }
    const journal = Journal.begin(join(folder.path, 'journal'), begun)
    await expect(rotateAppKey(options, journal)).rejects.toThrow()
    expect([await pairOf(store), journal.isDone('undo')]).toEqual([[FIRST, FIRST], true])
  })
})

describe('T78 the key in a vault, played by a local server with the answers it documents', () => {
  const server = secretServer()

  it('is rotated over its API, unless the path has other fields', async () => {
    const paths = new Map<string, Record<string, string>[]>([['app/session', [{ key: FIRST }]]])
    server.answer = async (request, response) => {
      const [, area, path] = /^\/v1\/secret\/(\w+)\/([^?]+)/.exec(request.url ?? '') ?? []
      const all = paths.get(path) ?? []
      if (request.method === 'POST') {
        paths.set(path, [...all, JSON.parse(await bodyOf(request)).data])
        return send(response, 200, { data: { version: all.length + 1 } })
      }
      if (all.length === 0) return send(response, 404, { errors: [] })
      if (area === 'subkeys') return send(response, 200, { data: { subkeys: all.at(-1) } })
      const versions = Object.fromEntries(all.map((_, index) => [index + 1, { created_time: '2026-01-01T00:00:00Z' }]))
      if (area === 'metadata') return send(response, 200, { data: { versions } })
      return send(response, 200, { data: { data: all.at(-1), metadata: { version: all.length } } })
    }
    const { run, remove } = newCommandLine({ VAULT_TOKEN: 'vault-token-canary' })
    writeFileSync(join(folder.path, 'ca.pem'), server.ca)
    const ca = ['--ca', join(folder.path, 'ca.pem'), '--apply']
    const ran = await run('rotate', 'app-key', '--store', `vault:${server.base}#app/session#key`, ...ca)
    expect(ran.exitCode, ran.stderr).toBe(0)
    expect(paths.get('app/session-previous')).toEqual([{ key: FIRST }])
    const key = paths.get('app/session')?.at(-1)?.key ?? ''
    expect([Buffer.from(key, 'base64url').length, (ran.stdout + ran.stderr).includes(key)]).toEqual([32, false])
    paths.set('app/many', [{ key: FIRST, other: 'x' }])
    const many = await run('rotate', 'app-key', '--store', `vault:${server.base}#app/many#key`, ...ca)
    expect([many.exitCode, paths.get('app/many')?.length]).toEqual([7, 1])
    remove()
  })
})
