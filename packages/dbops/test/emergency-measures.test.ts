import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectServer, parseConnection, Secret } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { runCommandLine } from '../src/command/run-command.ts'
import { commands } from '../src/commands/index.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({
    hba: ['local all all trust', 'host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256'],
  })
  cluster.sql(
    'create role app login connection limit 1; create role "odd ""role" login connection limit 2; create role glass nologin',
  )
})
afterAll(() => cluster.stop())

/** A command line whose clock can be put forward. */
function commandLine() {
  const line = newCommandLine()
  onTestFinished(line.remove)
  let minutes = 0
  const run = async (...words: string[]) => {
    let stdout = ''
    let stderr = ''
    const exitCode = await runCommandLine(commands, [...words, '--url', cluster.url()], {
      variables: { HOME: line.stateFolder, DBOPS_STATE_DIR: line.stateFolder },
      workingFolder: line.stateFolder,
      version: '0.0.0',
      writeOut: (text) => void (stdout += text),
      writeError: (text) => void (stderr += text),
      interruption: () => new AbortController().signal,
      now: () => new Date(Date.now() + minutes * 60_000),
    })
    return { exitCode, stdout, stderr }
  }
  return { ...line, run, later: (by: number) => void (minutes += by) }
}

const limitOf = (role: string) => cluster.sql(`select rolconnlimit from pg_roles where rolname = '${role}'`)
const raise = ['emergency', 'raise', '--reason', 'incident 7'] as const

describe('T102 emergency raise', () => {
  it('raises a limit for a while, and expire takes back what is over, and only that', async () => {
    const { run, later } = commandLine()
    const app = [...raise, '--role', 'app', '--to', '3']
    expect((await run(...app)).stdout).toContain('connection limit of role app: 1 → 3 until')
    expect(limitOf('app')).toBe('1')
    expect((await run(...app, '--apply', '--environment', 'production', '--waive-tls')).exitCode).toBe(7)
    expect((await run(...app, '--apply', '--minutes', '30')).exitCode).toBe(0)
    expect(limitOf('app')).toBe('3')
    const twice = await run(...app.with(-1, '5'), '--apply')
    expect([twice.exitCode, twice.stderr]).toEqual([7, expect.stringContaining('emergency expire')])
    expect((await run(...raise, '--role', 'odd "role', '--to', 'none', '--minutes', '90', '--apply')).exitCode).toBe(0)
    expect(limitOf('odd "role')).toBe('-1')
    expect((await run('emergency', 'expire', '--apply')).stdout).toContain('0 measure(s) taken back')
    later(31)
    const list = await run('emergency', 'list')
    expect([list.exitCode, list.stdout]).toEqual([1, expect.stringMatching(/role app: 1 → 3 .*\(over\) {2}incident 7/)])
    expect((await run('emergency', 'expire')).stdout).toContain('would take back 1 of 2 measure(s)')
    expect((await run('emergency', 'expire', '--apply')).exitCode).toBe(0)
    expect([limitOf('app'), limitOf('odd "role')]).toEqual(['1', '-1'])
    later(60)
    expect((await run('emergency', 'expire', '--apply')).exitCode).toBe(0)
    expect(limitOf('odd "role')).toBe('2')
    expect((await run('emergency', 'list')).exitCode).toBe(0)
    expect((await run('audit', 'list')).stdout).toContain('emergency raise')
    expect((await run('journal')).stdout).toContain('0 interrupted')
  })

  it('raises a setting that needs no restart, and puts back what ALTER SYSTEM had', async () => {
    const { run, later } = commandLine()
    cluster.sql("alter system set max_wal_size = '2GB'")
    cluster.reload()
    const set = (name: string, to: string) => run(...raise, '--setting', name, '--to', to, '--apply')
    expect((await set('max_wal_size', '3GB')).exitCode).toBe(0)
    expect((await set('work_mem', '8MB')).exitCode).toBe(0)
    expect([cluster.sql('show max_wal_size'), cluster.sql('show work_mem')]).toEqual(['3GB', '8MB'])
    const restart = await set('max_connections', '200')
    expect([restart.exitCode, restart.stderr]).toEqual([7, expect.stringContaining('only after a restart')])
    expect((await set('no_such_setting', '1')).exitCode).toBe(2)
    expect((await set('max_wal_size', 'nonsense')).exitCode).not.toBe(0)
    later(61)
    expect((await run('emergency', 'expire', '--apply')).exitCode).toBe(0)
    expect([cluster.sql('show max_wal_size'), cluster.sql('show work_mem')]).toEqual(['2GB', '4MB'])
    expect(readFileSync(join(cluster.dataFolder, 'postgresql.auto.conf'), 'utf8')).not.toContain('work_mem')
  })

  it('leaves what somebody changed since, and says so', async () => {
    const { run } = commandLine()
    const done = await run(...raise, '--role', 'app', '--to', '4', '--apply', '--format', 'json')
    const { id } = (JSON.parse(done.stdout) as { data: { id: string } }).data
    cluster.sql('alter role app connection limit 9')
    expect((await run('resume', id)).exitCode).toBe(7)
    const taken = await run('emergency', 'expire', id, '--apply')
    expect([taken.exitCode, taken.stdout]).toEqual([8, expect.stringContaining('is 9 by now, and stays so')])
    expect(limitOf('app')).toBe('9')
    cluster.sql('alter role app connection limit 1')
    expect((await run('emergency', 'expire', id, '--apply')).exitCode).toBe(2)
  })

  it.each([
    [['--role', 'app', '--to', '1'], 2],
    [['--role', 'app', '--to', '0'], 2],
    [['--role', 'app', '--to', '-5'], 2],
    [['--role', 'app', '--to', '1; drop role app'], 2],
    [['--role', 'nobody', '--to', '5'], 2],
    [['--role', 'app'], 2],
    [['--to', '5'], 2],
    [['--role', 'app', '--database', 'postgres', '--to', '5'], 2],
    [['--database', 'postgres', '--to', '5'], 2],
  ])('%j ends with %s', async (words, exitCode) => {
    const { run } = commandLine()
    expect((await run(...raise, ...words, '--apply')).exitCode).toBe(exitCode)
    expect(limitOf('app')).toBe('1')
  })

  it('is told by doctor when its time is over', async () => {
    const { run, later } = commandLine()
    const verdict = async () => {
      const { stdout } = await run('doctor', '--format', 'json')
      const { checks } = JSON.parse(stdout) as { checks: { id: string; verdict: string }[] }
      return checks.filter(({ id }) => id.startsWith('state.')).map(({ id, verdict: one }) => `${id} ${one}`)
    }
    await run(...raise, '--role', 'app', '--to', '4', '--apply')
    expect(await verdict()).toEqual(['state.unfinished pass', 'state.temporary warn'])
    later(61)
    expect(await verdict()).toContain('state.temporary fail')
    await run('emergency', 'expire', '--apply')
    expect(await verdict()).toContain('state.temporary pass')
  })
})

describe('T102 emergency open', () => {
  it('is closed by expire when its time is over: no login, and no session', async () => {
    const { run, later } = commandLine()
    const file = join(scratchFolder(), 'password')
    const open = [
      'emergency',
      'open',
      'glass',
      '--reason',
      'incident 8',
      '--minutes',
      '10',
      '--to-file',
      file,
      '--apply',
    ]
    expect((await run(...open)).exitCode).toBe(0)
    const parameters = {
      ...parseConnection(cluster.url('postgres', 'glass')),
      password: new Secret(readFileSync(file, 'utf8').trim()),
    }
    const session = await connectServer(parameters)
    session.on('error', () => {})
    later(11)
    expect((await run('emergency', 'expire', '--apply')).stdout).toContain('1 measure(s) taken back')
    await expect(session.query('select 1')).rejects.toThrow()
    await session.end().catch(() => {})
    await expect(connectServer(parameters)).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' })
    const again = await run(...open)
    expect([again.exitCode, again.stderr]).toEqual([7, expect.stringContaining('exists')])
    expect((await run('emergency', 'list')).stdout).toContain('0 measure(s) in force')
    expect(cluster.sql("select rolcanlogin from pg_roles where rolname = 'glass'")).toBe('f')
  })
})
