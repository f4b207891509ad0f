import { chownSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectServer, parseConnection, Secret, withServer } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyHba } from '../src/hba/hba-apply.ts'
import { generateHba } from '../src/hba/hba-generate.ts'
import { lintHba } from '../src/hba/hba-lint.ts'
import { firstMatch } from '../src/hba/hba-match.ts'
import { parseHba } from '../src/hba/hba-rule.ts'
import { applySettings } from '../src/settings/apply-settings.ts'
import { formatSettings, generateSettings } from '../src/settings/generate-settings.ts'
import { auditSettings } from '../src/settings/settings-audit.ts'
import { issueCertificate } from '../src/tls/certificates.ts'
import { clusterOfTest } from './support/cluster.ts'
import { newCommandLine } from './support/command.ts'

let cluster: TestCluster
const { run, stateFolder, remove } = newCommandLine()
const password = new Secret('matrix-password-1')
beforeAll(async () => {
  cluster = await startCluster()
  const pair = await issueCertificate({
    name: 'localhost',
    hosts: ['localhost'],
    purpose: 'server',
    notBefore: new Date(Date.now() - 1e6),
    notAfter: new Date(Date.now() + 1e9),
    issuer: null,
  })
  for (const [name, text] of [
    ['server.crt', pair.certificatePem],
    ['server.key', pair.keyPem.reveal()],
  ]) {
    writeFileSync(join(cluster.dataFolder, name), text, { mode: 0o600 })
    if (cluster.owner.uid !== undefined)
      chownSync(join(cluster.dataFolder, name), cluster.owner.uid, cluster.owner.gid ?? 0)
  }
  cluster.sql(
    "alter system set ssl = on; create role app_a login password 'matrix-password-1'; create role stranger login password 'matrix-password-1'; create database app",
  )
  cluster.sql("set password_encryption = md5; create role old_hash login password 'matrix-password-1'")
  cluster.reload()
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

const admin = () =>
  parseConnection(`postgresql://postgres@${encodeURIComponent(cluster.socketFolder)}:${cluster.port}/postgres`)
const hbaPath = () => join(cluster.dataFolder, 'pg_hba.conf')
/** The tool's own way in, in front of whatever is tested. */
const withAdmin = (text: string) => `local all postgres trust\n${text}`

async function attempt(user: string, database: string, host: string, isTls: boolean): Promise<boolean> {
  const parameters = parseConnection(
    `host='${host}' port=${cluster.port} user=${user} dbname=${database} sslmode=${isTls ? 'require' : 'disable'}`,
  )
  return await connectServer({ ...parameters, password }).then(
    async (client) => {
      await client.end()
      return true
    },
    () => false,
  )
}

describe('T30 generated rules', () => {
  it('let in exactly whom hba explain says, for every user, database, address and wire', async () => {
    const text = withAdmin(
      generateHba([
        { database: 'app', role: 'app_a', cidr: '127.0.0.1/32' },
        { database: 'app', role: 'app_a', cidr: '::1/128' },
      ]),
    )
    await applyHba({ server: admin(), text })
    const { rules } = parseHba(text)
    let tried = 0
    let allowed = 0
    for (const user of ['app_a', 'stranger'])
      for (const database of ['app', 'postgres'])
        for (const [host, address] of [
          ['127.0.0.1', '127.0.0.1'],
          ['::1', '::1'],
          [cluster.socketFolder, null],
        ] as const)
          for (const isTls of address === null ? [false] : [false, true]) {
            const rule = firstMatch(rules, { user, database, address, isTls, groups: [], isReplication: false })
            const says = rule !== null && rule.method !== 'reject'
            expect([user, database, host, isTls, await attempt(user, database, host, isTls)]).toEqual([
              user,
              database,
              host,
              isTls,
              says,
            ])
            tried++
            if (says) allowed++
          }
    expect([tried, allowed]).toEqual([20, 6])
    expect(
      lintHba(parseHba(generateHba([{ database: 'app', role: 'app_a', cidr: '10.0.0.0/24' }])), 'f').filter(
        ({ verdict }) => verdict === 'fail',
      ),
    ).toEqual([])
  })
})

describe('T31 weak methods', () => {
  it.each(['', '\n', '# local all all peer\n'])('are missing in %j, and that does not hold', (text) => {
    expect(lintHba(parseHba(text), 'pg_hba.conf').map(({ id, verdict }) => [id, verdict])).toEqual([
      ['hba.empty', 'fail'],
    ])
  })

  it('are findings, while lines that reject are none', () => {
    const ids = (line: string) => lintHba(parseHba(line), 'f').map(({ id }) => id)
    expect(ids('host all all 0.0.0.0/0 trust')).toEqual(
      expect.arrayContaining(['hba.trust', 'hba.any-address', 'hba.no-tls', 'hba.all-all']),
    )
    expect(ids('hostssl app app 10.0.0.0/8 md5')).toContain('hba.md5')
    expect(ids('hostssl app app 10.0.0.0/8 password')).toContain('hba.password')
    expect(ids('hostssl app app 10.0.0.0/8 ident')).toContain('hba.ident')
    expect(ids('hostssl app postgres 10.0.0.0/8 scram-sha-256')).toContain('hba.superuser-remote')
    expect(ids('host all all 0.0.0.0/0 reject\nhost all all ::/0 reject')).toEqual([])
    expect(ids('hostssl all all 10.0.0.0/8 scram-sha-256\nhostssl app app 10.1.0.0/16 scram-sha-256')).toContain(
      'hba.shadowed',
    )
    expect(ids('nonsense')).toContain('hba.syntax')
    expect(ids('host "all" app 10.0.0.1 255.255.255.0 scram-sha-256')).not.toContain('hba.syntax')
  })

  it('an MD5 verifier does not pass scram-sha-256, and clear text does not pass hostnossl reject', async () => {
    await applyHba({
      server: admin(),
      text: withAdmin('hostnossl all all all reject\nhostssl all all all scram-sha-256\n'),
    })
    expect(await attempt('old_hash', 'app', '127.0.0.1', true)).toBe(false)
    expect(await attempt('app_a', 'app', '127.0.0.1', true)).toBe(true)
    expect(await attempt('app_a', 'app', '127.0.0.1', false)).toBe(false)
  })
})

describe('T32 a broken line', () => {
  it('is refused or taken back, and the server starts again', async () => {
    const before = readFileSync(hbaPath(), 'utf8')
    await expect(applyHba({ server: admin(), text: 'local all all trsut\n' })).rejects.toMatchObject({
      code: 'REFUSED',
    })
    // a server that runs says nothing against it, and one that starts does not start
    await expect(applyHba({ server: admin(), text: '# nothing\n' })).rejects.toMatchObject({ code: 'REFUSED' })
    // what only the server can know
    await expect(applyHba({ server: admin(), text: withAdmin('hostssl all all all ldap\n') })).rejects.toMatchObject({
      code: 'INTEGRITY',
    })
    expect(readFileSync(hbaPath(), 'utf8')).toBe(before)
    await cluster.restart()
    expect(cluster.sql('select 1')).toBe('1')
  })
})

describe('T33 rules that lock the tool out', () => {
  it('are taken back at once', async () => {
    const before = readFileSync(hbaPath(), 'utf8')
    const startMs = performance.now()
    await expect(applyHba({ server: admin(), text: 'local all all reject\n' })).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('the old rules are back'),
    })
    expect(performance.now() - startMs).toBeLessThan(60_000)
    expect(readFileSync(hbaPath(), 'utf8')).toBe(before)
    expect(cluster.sql('select 1')).toBe('1')
  })
})

const url = () => `postgresql://postgres@${encodeURIComponent(cluster.socketFolder)}:${cluster.port}/postgres`

describe('T102 rollback', () => {
  it('of rules and settings brings back what stood before, and can itself be undone', async () => {
    const before = readFileSync(hbaPath(), 'utf8')
    const file = join(stateFolder, 'other.conf')
    writeFileSync(file, `# other rules\n${before}`)
    const where = ['--url', url(), '--apply', '--format', 'json']
    const idOf = (ran: { json(): { data: unknown } }) => (ran.json().data as { id: string }).id
    const rules = idOf(await run('hba', 'apply', file, ...where))
    expect(readFileSync(hbaPath(), 'utf8')).toContain('# other rules')
    const undone = idOf(await run('rollback', 'to', rules, ...where))
    expect(readFileSync(hbaPath(), 'utf8')).toBe(before)
    const setting = () =>
      cluster.sql("select setting from pg_file_settings where name = 'log_min_messages' and sourcefile ~ 'auto'")
    cluster.sql("alter system set log_min_messages = 'error'")
    const settings = idOf(await run('conf', 'apply', '--set', 'log_min_messages=info', ...where))
    expect(setting()).toBe('info')
    await run('rollback', 'to', settings, ...where)
    expect(setting()).toBe('error')
    cluster.sql('alter system reset log_min_messages')
    const first = idOf(await run('conf', 'apply', '--set', 'log_min_messages=info', ...where))
    await run('rollback', 'to', first, ...where)
    expect(setting()).toBe('')
    const listed = (await run('rollback', 'list')).stdout
    for (const id of [rules, undone, settings]) expect(listed).toContain(`dbops rollback to ${id}`)
    await run('rollback', 'to', undone, ...where)
    expect(readFileSync(hbaPath(), 'utf8')).toContain('# other rules')
    await run('rollback', 'to', rules, ...where)
    expect((await run('rollback', 'to', 'hba-none', '--url', url())).exitCode).toBe(2)
  })
})

describe('T34 max_connections', () => {
  it('is reported as waiting for a restart, and counts afterwards', async () => {
    const applied = await run('conf', 'apply', '--set', 'max_connections=77', '--url', url(), '--apply')
    expect(applied.stdout).toContain('max_connections wait(s) for a restart')
    const pending = (await withServer(admin(), auditSettings)).find(({ id }) => id === 'settings.pending-restart')
    expect(pending).toMatchObject({ verdict: 'warn', evidence: expect.stringContaining('max_connections') })
    await cluster.restart()
    expect(cluster.sql('show max_connections')).toBe('77')
  })
})

describe('T35 generated settings', () => {
  it.each([64, 512, 4_096, 65_536])(
    'of a machine with %s MB are settings the server knows and reads as they are',
    (memoryMb) => {
      const settings = generateSettings({ memoryMb, cpus: 4, connections: 100, storage: 'ssd', workload: 'web' })
      expect(formatSettings(settings)).toContain('shared_buffers')
      for (const { name, value } of settings.slice(0, 12)) {
        const printed = cluster.run('postgres', ['-D', cluster.dataFolder, '-C', name, '-c', `${name}=${value}`]).trim()
        expect(printed).not.toBe('')
      }
      const rows = cluster.sql('select name from pg_settings').split('\n')
      expect(settings.filter(({ name }) => !rows.includes(name))).toEqual([])
    },
  )

  it('start a server, and the arithmetic of pools is what the server lets in', async () => {
    const settings = Object.fromEntries(
      generateSettings({ memoryMb: 256, cpus: 2, connections: 20, storage: 'ssd', workload: 'web' }).map(
        ({ name, value }) => [name, value],
      ),
    )
    const small = await clusterOfTest({ settings })
    for (const [name, value] of Object.entries(settings))
      if (/^\d+(MB|GB)$/.test(value))
        expect(
          small.sql(
            `select current_setting('${name}') = '${value}' or pg_size_bytes(current_setting('${name}')) = pg_size_bytes('${value}')`,
          ),
        ).toBe('t')
    small.sql('create role app login')
    const capacity = await run(
      'conf',
      'capacity',
      '--pool',
      '1,4,40,60',
      '--url',
      small.url('postgres', 'app'),
      '--format',
      'json',
    )
    expect(capacity.exitCode).toBe(1)
    expect(capacity.json().data).toMatchObject({ demanded: 400, available: 17, safePool: 4 })
    const login = () => connectServer(parseConnection(small.url('postgres', 'app')))
    const open = await Promise.all(Array.from({ length: 17 }, login))
    await expect(login()).rejects.toMatchObject({ code: 'TOO_MANY_CONNECTIONS' })
    for (const client of open) await client.end()
    await small.stop()
  })
})

describe('T36 an auditor without superuser', () => {
  it('is told what it may not see, and sees it after two grants', async () => {
    cluster.sql('create role auditor login; grant pg_monitor, pg_read_all_settings to auditor')
    const auditor = { ...admin(), user: 'auditor' }
    await applyHba({ server: admin(), text: 'local all all trust\n' })
    const verdict = async () =>
      (await withServer(auditor, auditSettings)).find(({ id }) => id === 'settings.file')?.verdict
    expect(await verdict()).toBe('skipped')
    cluster.sql(
      'grant select on pg_file_settings to auditor; grant execute on function pg_show_all_file_settings() to auditor',
    )
    expect(await verdict()).toBe('pass')
  })
})

describe('T37 options a client sends', () => {
  it('are found when the server would end the connection for them', async () => {
    const names = [
      'shared_preload_libraries',
      'wal_buffers',
      'track_activity_query_size',
      'autovacuum',
      'log_checkpoints',
      'checkpoint_completion_target',
      'log_statement',
      'statement_timeout',
    ]
    const asApp = `postgresql://app_a@${encodeURIComponent(cluster.socketFolder)}:${cluster.port}/app`
    const found = await run('conf', 'client-options', ...names, '--url', asApp, '--format', 'json')
    expect(found.exitCode).toBe(1)
    const refused = (found.json().data as { name: string }[]).map(({ name }) => name)
    expect(refused.sort()).toEqual(names.slice(0, -1).sort())
    for (const name of names) {
      const options = `-c ${name}=${name === 'statement_timeout' ? '1000' : 'on'}`
      const isIn = await connectServer({ ...parseConnection(asApp), options }).then(
        (client) => client.end().then(() => true),
        () => false,
      )
      expect([name, isIn]).toEqual([name, !refused.includes(name)])
    }
  })
})

describe('T21 ssl = on', () => {
  it('is refused before the server could not start again', async () => {
    const bare = await clusterOfTest()
    await expect(applySettings(parseConnection(bare.url()), { ssl: 'on' })).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining('would not start again'),
    })
    expect(bare.sql('show ssl')).toBe('off')
    await bare.stop()
  })
})
