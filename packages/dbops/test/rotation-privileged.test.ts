import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { FileLoginStore, parseConnection, Secret } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LocalStore } from '../src/credentials/local-store.ts'
import { type SingleRotationOptions, singleRotationSteps } from '../src/rotation/change-in-place.ts'
import { canLogIn } from '../src/rotation/login-proof.ts'
import { planSingleRotation, rotateSingle } from '../src/rotation/rotate-single.ts'
import { Journal } from '../src/state/journal.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

const FIRST = 'first-password-of-many'
const first = new Secret(FIRST)
let cluster: TestCluster
let folder = ''

beforeAll(async () => {
  cluster = await startCluster({
    hba: [
      'local all postgres trust',
      'local all all reject',
      'host replication standby 127.0.0.1/32 scram-sha-256',
      'host all standby 127.0.0.1/32 reject',
      'host all trusted 127.0.0.1/32 trust',
      'host all all 127.0.0.1/32 scram-sha-256',
    ],
    settings: { log_replication_commands: 'on', log_statement: 'all' },
  })
  cluster.sql(
    `create role standby login replication; create role keeper login bypassrls in role pg_read_all_data;
    create role watcher login in role pg_monitor; create role chief login superuser; create role trusted login superuser`,
  )
})
afterAll(() => cluster.stop())
beforeEach(() => {
  folder = scratchFolder()
  for (const name of ['postgres', 'standby', 'keeper', 'watcher', 'chief', 'trusted'])
    cluster.sql(`alter role ${name} login password '${FIRST}'`)
})

const storePath = () => join(folder, 'login.json')
const urlOf = (user: string) => `postgresql://${user}:${FIRST}@127.0.0.1:${cluster.port}/postgres`
const inUse = (login: string) => new FileLoginStore(storePath()).write({ user: login, password: first })
const rotated = (login: string, ...more: string[]) => {
  const { run, remove } = newCommandLine({
    ADMIN_URL: urlOf('postgres'),
    CHIEF_URL: urlOf('chief'),
    W_URL: urlOf('watcher'),
  })
  const words = ['--url', 'env:ADMIN_URL', '--login', login, '--store', storePath(), '--apply', ...more]
  return run('rotate', 'run', ...words).finally(remove)
}
const works = async (login: string, proof: 'session' | 'replication' = 'session') => {
  const { password } = await new FileLoginStore(storePath()).read()
  const admin = parseConnection(cluster.url())
  return [await canLogIn(admin, login, password, proof), await canLogIn(admin, login, first, proof)]
}

describe('T79 a login that much depends on, rotated in place', () => {
  it('is proven of a standby by the system it is told over a replication connection', async () => {
    await inUse('standby')
    const before = cluster.log().length
    const ran = await rotated('standby')
    expect(ran.exitCode, ran.stderr).toBe(0)
    expect(cluster.log().slice(before)).toContain('received replication command: IDENTIFY_SYSTEM')
    expect(await works('standby', 'replication')).toEqual([true, false])
  })

  it.each(['keeper', 'watcher'])('is proven of %s by a session', async (login) => {
    await inUse(login)
    const ran = await rotated(login)
    expect([ran.exitCode, await works(login)], ran.stderr).toEqual([0, [true, false]])
  })

  it('may be a superuser only when that is said, and by name of the database in production', async () => {
    await inUse('chief')
    const plain = await rotated('chief')
    expect([plain.exitCode, plain.stderr]).toEqual([7, expect.stringContaining('--superuser')])
    const unnamed = await rotated('chief', '--superuser', '--environment', 'production', '--waive-tls')
    expect([unnamed.exitCode, unnamed.stderr]).toEqual([7, expect.stringContaining('needs --confirm postgres')])
    expect(await works('chief')).toEqual([true, true])
    const ran = await rotated('chief', '--superuser')
    expect([ran.exitCode, await works('chief')], ran.stderr).toEqual([0, [true, false]])
  })

  it('is left alone where its password is not asked for: nothing could be proven', async () => {
    await inUse('trusted')
    const ran = await rotated('trusted', '--superuser')
    expect([ran.exitCode, ran.stderr]).toEqual([7, expect.stringContaining('whatever its password')])
  })
})

describe('T79 the login that does the work, rotated by itself', () => {
  it('changes with another way in, and works on with what the store gives out', async () => {
    await inUse('postgres')
    const ran = await rotated('postgres', '--superuser')
    expect([ran.exitCode, ran.stderr]).toEqual([
      0,
      expect.stringContaining('not the only way in: postgres comes in over the socket by trust'),
    ])
    const again = await rotated('postgres', '--superuser')
    expect([again.exitCode, await works('postgres')], again.stderr).toEqual([0, [true, false]])
  })

  it('is refused what could leave nobody with its password', async () => {
    await inUse('postgres')
    const database = await rotated('postgres', '--superuser', '--first', 'database')
    expect([database.exitCode, database.stderr]).toEqual([7, expect.stringContaining('the provider change first')])
    const ending = await rotated('postgres', '--superuser', '--end-old')
    expect([ending.exitCode, ending.stderr]).toEqual([7, expect.stringContaining('another administrator')])
    expect(await works('postgres')).toEqual([true, true])
  })

  it('takes a second superuser who logs in for another way in, and nobody else', async () => {
    await inUse('postgres')
    const wrong = await rotated('postgres', '--superuser', '--second-admin', 'env:W_URL')
    expect([wrong.exitCode, wrong.stderr]).toEqual([7, expect.stringContaining('not another superuser')])
    const ran = await rotated('postgres', '--superuser', '--second-admin', 'env:CHIEF_URL')
    expect([ran.exitCode, ran.stderr]).toEqual([0, expect.stringContaining('chief logged in')])
  })

  it('is not rotated as the last superuser with no way in but its password', async () => {
    await inUse('postgres')
    const before = cluster.run('sh', ['-c', `cat '${cluster.dataFolder}/pg_hba.conf'`])
    cluster.sql('alter role chief nologin; alter role trusted nologin')
    // the rules as they stand in the file are asked for; the server never loads these
    const write = (text: string) => cluster.run('sh', ['-c', `cat > '${cluster.dataFolder}/pg_hba.conf'`], text)
    write('local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n')
    const ran = await rotated('postgres', '--superuser')
    write(before)
    expect([ran.exitCode, ran.stderr]).toEqual([7, expect.stringContaining('last superuser')])
    expect(await works('postgres')).toEqual([true, true])
  })

  const moments = [
    ...singleRotationSteps.flatMap((step) => [[step, 'before'] as const, [step, 'after'] as const]),
    ['publish', 'inside'] as const,
  ]
  it.each(moments)('and killed at %s, %s, is resumed with the password it had before', async (step, moment) => {
    await inUse('postgres')
    const store = new FileLoginStore(storePath())
    const options: SingleRotationOptions = {
      ...{ admin: parseConnection(urlOf('postgres')), login: 'postgres', store },
      ...{ isSuperuserAllowed: true, rereadMs: 100, pollMs: 20 },
    }
    const payload = await planSingleRotation(options)
    const journalFolder = join(folder, 'journal')
    const { id } = Journal.begin(journalFolder, { kind: 'rotate', target: 'postgres', payload }).entry
    const script = join(import.meta.dirname, 'support/rotate.script.ts')
    const words = ['ROTATE_URL', storePath(), journalFolder, id, step, moment, 'provider', 'postgres']
    const ended = spawnSync(process.execPath, ['--conditions=development', script, ...words], {
      encoding: 'utf8',
      env: { ...process.env, ROTATE_URL: urlOf('postgres') },
    })
    expect(ended.signal, ended.stderr).toBe('SIGKILL')
    const { entry } = Journal.open(journalFolder, id)
    const isUnpublished = entry.steps.length > 0 && (await store.read()).version === '1'
    const resumed = await rotateSingle(options, Journal.open(journalFolder, id)).catch((error) => error)
    expect([resumed.code, await works('postgres')]).toEqual(
      isUnpublished ? ['REFUSED', [true, true]] : [undefined, [true, false]],
    )
  })

  it('goes back to the former password, also when that was interrupted in the middle', async () => {
    const file = join(folder, 'store')
    const { run, remove } = newCommandLine({
      DBOPS_MASTER_KEY: 'master-key-of-rotation-01',
      ADMIN_URL: urlOf('postgres'),
    })
    const provider = new LocalStore(file, new Secret('master-key-of-rotation-01'))
    provider.create()
    await provider.write('login', new Secret(JSON.stringify({ user: 'postgres', password: FIRST })))
    const words = [
      '--url',
      'env:ADMIN_URL',
      '--login',
      'postgres',
      '--superuser',
      '--apply',
      '--store',
      `store:${file}#login`,
    ]
    const ran = await run('rotate', 'run', ...words)
    const id = /rotate-\w+/.exec(ran.stdout)?.[0] ?? ''
    const current = JSON.parse((await provider.read('login')).value.reveal()).password
    const admin = parseConnection(cluster.url())
    expect([ran.exitCode, await canLogIn(admin, 'postgres', first)], ran.stderr).toEqual([0, false])
    // the store has the former one already, the server not yet; the administrator knows neither
    const back = await run('rotate', 'rollback', id, ...words)
    expect([back.exitCode, await canLogIn(admin, 'postgres', first)], back.stderr).toEqual([0, true])
    cluster.sql(`alter role postgres password '${current}'`)
    const again = await run('rotate', 'rollback', id, ...words)
    expect([again.exitCode, await canLogIn(admin, 'postgres', first)], again.stderr).toEqual([0, true])
    remove()
  })
})
