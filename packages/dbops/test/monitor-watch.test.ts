import { once } from 'node:events'
import { createServer } from 'node:http'
import { connectServer, parseConnection, type ServerClient } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { startCommand } from './support/child.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { bodyOf } from './support/secret-server.ts'

const { run, remove } = newCommandLine()
let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster()
  cluster.sql('create table held (n int)')
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

interface Line {
  readonly waiting: number
  readonly exceeded: string[]
  readonly transactionsPerSecond: number | null
  readonly locks: { pid: number; blockers: number[] }[]
  readonly statements: { statement: string }[]
  readonly error?: { code: string }
}
const linesOf = (text: string): Line[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1) // the last one may be half there
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line)

/** One session holds a lock, another waits for it with a secret in its statement. */
async function someoneWaits(): Promise<{ holder: ServerClient; waiter: ServerClient; waiting: Promise<unknown> }> {
  const [holder, waiter] = [
    await connectServer(parseConnection(cluster.url())),
    await connectServer(parseConnection(cluster.url())),
  ]
  onTestFinished(async () => {
    await holder.end()
    await waiter.end()
  })
  await holder.query('begin; lock table held')
  const waiting = waiter.query("insert into held select 1 where 'canary-in-a-literal' <> E'\\x1b[2J'")
  await expect
    .poll(() => cluster.sql("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"), {
      timeout: 60_000,
    })
    .toBe('1')
  return { holder, waiter, waiting }
}

describe('T44 monitor watch', () => {
  it('shows who is held up by whom, no literal of a statement, and what is above a limit', async () => {
    const { holder, waiting } = await someoneWaits()
    const json = await run(
      'monitor',
      'watch',
      '--count',
      '2',
      '--interval',
      '0',
      '--limit',
      'waiting=0',
      '--limit',
      'sessions=90',
      '--format',
      'json',
      '--url',
      cluster.url(),
    )
    expect(json.exitCode, json.stderr).toBe(1)
    const lines = linesOf(json.stdout)
    expect(json.stdout.trim().split('\n')).toHaveLength(lines.length)
    expect(lines).toHaveLength(2)
    const [pid, blocker] = cluster
      .sql("select pid, pg_blocking_pids(pid) from pg_stat_activity where wait_event_type = 'Lock'")
      .replace(/[{}]/g, '')
      .split('|')
      .map(Number)
    for (const line of lines) {
      expect(line).toMatchObject({ waiting: 1, exceeded: ['waiting'], locks: [{ pid, blockers: [blocker] }] })
      expect(line.statements[0].statement).toBe("insert into held select 1 where '?' <> E'?'")
    }
    const text = await run('monitor', 'watch', '--count', '1', '--url', cluster.url())
    expect([text.exitCode, text.stdout]).toEqual([0, expect.stringContaining(`${pid} of postgres is held up for`)])
    expect(text.stdout + json.stdout).not.toContain('canary')
    expect(text.stdout).not.toContain('\x1b')
    await holder.query('commit')
    await waiting
  })

  it('tells a webhook once of each limit that is exceeded, and goes on when nobody takes it', async () => {
    const { holder, waiting } = await someoneWaits()
    const told: string[] = []
    const server = createServer(async (request, response) => {
      told.push(await bodyOf(request))
      response.end('ok')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as { port: number }
    const watch = (webhook: string) =>
      run(
        'monitor',
        'watch',
        '--count',
        '3',
        '--interval',
        '0',
        '--limit',
        'waiting=0',
        '--webhook',
        webhook,
        '--url',
        cluster.url(),
      )
    expect((await watch(`http://127.0.0.1:${port}/`)).exitCode).toBe(1)
    expect(told).toHaveLength(1)
    expect(JSON.parse(told[0])).toMatchObject({ failed: [{ id: 'watch.waiting', evidence: '1, at most 0' }] })
    const deaf = await watch('http://127.0.0.1:1/')
    expect([deaf.exitCode, deaf.stderr]).toEqual([1, expect.stringContaining('the alert was not taken')])
    await holder.query('commit')
    await waiting
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('ends well by %s', async (signal) => {
    const state = scratchFolder()
    const command = startCommand(state, [
      'monitor',
      'watch',
      '--interval',
      '3600',
      '--format',
      'json',
      '--url',
      cluster.url(),
    ])
    await expect.poll(() => linesOf(command.output()).length, { timeout: 120_000 }).toBe(1)
    command.child.kill(signal)
    expect(await command.ended).toBe(0)
  })

  it('outlives a restart of the server', async () => {
    const state = scratchFolder()
    const own = await startCluster()
    onTestFinished(() => own.stop())
    const command = startCommand(state, ['monitor', 'watch', '--interval', '0', '--format', 'json', '--url', own.url()])
    const errors = () => linesOf(command.output()).filter(({ error }) => error !== undefined).length
    await expect.poll(() => linesOf(command.output()).length, { timeout: 120_000 }).toBeGreaterThan(1)
    await own.shutdown('fast')
    await expect.poll(errors, { timeout: 120_000 }).toBeGreaterThan(0)
    await own.start()
    await expect.poll(() => linesOf(command.output()).at(-1)?.error, { timeout: 120_000 }).toBeUndefined()
    command.child.kill('SIGINT')
    expect(await command.ended).toBe(0)
    const gone = await run('monitor', 'watch', '--count', '1', '--url', 'postgresql://u@127.0.0.1:1/d?sslmode=disable')
    expect([gone.exitCode, gone.stdout]).toEqual([3, expect.stringContaining('CONNECTION_REFUSED')])
  })

  it.each([
    [['--limit', 'nonsense=1']],
    [['--limit', 'waiting']],
    [['--interval', '-1']],
    [['--count', 'many']],
    [['--format', 'junit']],
    [['--webhook', 'env:NOT_SET']],
  ])('refuses %j', async (words) => {
    expect((await run('monitor', 'watch', '--count', '1', '--url', cluster.url(), ...words)).exitCode).toBe(2)
  })
})
