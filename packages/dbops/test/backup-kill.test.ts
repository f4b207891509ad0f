import { readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { parseConnection, withServer } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listBackups } from '../src/backup/catalog.ts'
import { PINNED_SETTINGS, provableTables, proveTables, type TableProof } from '../src/backup/table-proof.ts'
import { verifyBackup } from '../src/backup/verify-backup.ts'
import { type CommandChild, startCommand } from './support/child.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { seedShop } from './support/shop.ts'

let cluster: TestCluster
const { run, stateFolder, remove } = newCommandLine()
const keys = { stateFolder, identities: [] }
beforeAll(async () => {
  cluster = await startCluster({ isDurable: true })
  cluster.sql('create database shop')
  seedShop(cluster, 'shop')
  cluster.sql(
    'create table app.big as select n, repeat(md5(n::text), 20) as text from generate_series(1, 30000) n',
    'shop',
  )
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

async function proofOfShop(): Promise<TableProof[]> {
  return await withServer(parseConnection(cluster.url('shop')), async (client) => {
    await client.query('begin read only')
    await client.query(PINNED_SETTINGS)
    return await proveTables(client, await provableTables(client))
  })
}

/** Runs the command until the line appears on it, or from its start. */
async function startUntil(words: readonly string[], line: string): Promise<CommandChild> {
  const command = startCommand(stateFolder, words)
  if (line !== '')
    await new Promise<void>((resolve) => {
      command.child.stderr?.on('data', () => void (command.output().includes(line) && resolve()))
      command.child.once('close', () => resolve())
    })
  return command
}

interface Killing {
  readonly kills: number
  /** What the command prints when the part begins in which it is to be killed; its start without it. */
  readonly line?: string
  readonly kill?: (command: CommandChild, moment: number) => Promise<void>
}

/**
 * Runs the command again and again, each time killed at another moment after `line`, until it was killed `kills` times. The moments are
 * spread over the shortest run seen, however fast the machine is: a run that was over before its moment makes the spread narrower.
 */
async function killAtMoments(
  words: (moment: number) => readonly string[],
  { kills, line = '', kill = async (command) => command.killGroup() }: Killing,
  check: (moment: number) => Promise<void> | void,
): Promise<void> {
  let wholeMs = Number.POSITIVE_INFINITY
  let killed = 0
  for (let moment = 0; killed < kills; moment++) {
    const command = await startUntil(words(moment), line)
    const startMs = performance.now()
    const isOver = command.ended.then(() => true)
    // steps of the golden ratio fill an interval evenly, wherever they are broken off
    if (
      wholeMs < Number.POSITIVE_INFINITY &&
      !(await Promise.race([isOver, setTimeout(wholeMs * ((moment * 0.618) % 1), false)]))
    )
      await kill(command, moment)
    const end = await command.ended
    if (end !== 0) killed++
    else wholeMs = Math.min(wholeMs, performance.now() - startMs)
    await check(moment)
  }
}

describe('T52 a backup that is killed', () => {
  it('never leaves anything that is listed as good and is not, and the next run cleans up', {
    timeout: 600_000,
  }, async () => {
    const to = scratchFolder()
    const create = ['backup', 'create', '--url', cluster.url('shop'), '--to', to]
    const before = await proofOfShop()
    const seen = new Set<string>()
    const kill = async (command: CommandChild, moment: number): Promise<void> => {
      if (moment % 5 === 1)
        for (let tries = 0; tries < 200 && !command.killProgram('pg_dump'); tries++) await setTimeout(5)
      else if (moment % 5 === 3) command.child.kill('SIGKILL')
      else if (moment % 25 === 12) await cluster.restart('immediate')
      else command.killGroup()
    }
    await killAtMoments(
      () => create,
      { kills: 50, kill },
      async () => {
        for (const { state, folder } of listBackups(to, keys)) {
          if (state === 'unfinished' || seen.has(folder)) continue
          seen.add(folder)
          expect(state).toBe('good')
          expect((await verifyBackup({ ...keys, folder, level: 1 })).problems).toEqual([])
        }
      },
    )
    const next = await run(...create)
    expect(next.exitCode, next.stderr).toBe(0)
    expect(readdirSync(to).filter((name) => name.startsWith('.'))).toEqual([])
    const all = listBackups(to, keys)
    for (const { folder } of all) expect((await verifyBackup({ ...keys, folder, level: 2 })).isGood).toBe(true)
    expect(await proofOfShop()).toEqual(before)
  })
})

describe('T53 a restore that is killed', () => {
  it('leaves the live database as it is, and the next run drops what is half made', { timeout: 600_000 }, async () => {
    const to = scratchFolder()
    await run('backup', 'create', '--url', cluster.url('shop'), '--to', to)
    const before = await proofOfShop()
    const restore = (name: string) => [
      'backup',
      'restore',
      '--from',
      to,
      '--url',
      cluster.url(),
      '--into',
      name,
      '--apply',
    ]
    await killAtMoments(
      (moment) => restore(`half_${moment}`),
      { kills: 50 },
      () => {},
    )
    expect(await proofOfShop()).toEqual(before)
    const journal = (await run('journal', '--format', 'json')).json().data as { id: string; status: string }[]
    const { id } = journal.find(({ status }) => status === 'open') ?? { id: 'none' }
    expect((await run('resume', id, '--url', cluster.url(), '--logins', 'a,b', '--store', 'x')).exitCode).toBe(7)
    expect((await run('abort', id, '--url', cluster.url(), '--apply')).exitCode).toBe(0)
    expect((await run('abort', id, '--url', cluster.url(), '--apply')).exitCode).toBe(2)
    const next = await run(...restore('after'))
    expect(next.exitCode, next.stderr).toBe(0)
    // a database without our mark was finished: it holds everything
    const left = cluster.sql("select datname from pg_database where datname like 'half%'").split('\n').filter(Boolean)
    for (const name of left) expect(cluster.sql('select count(*) from app.big', name)).toBe('30000')
  })
})

describe('T54 a swap that is killed', () => {
  it('leaves the old database or the restored one under the live name, always open', { timeout: 600_000 }, async () => {
    const to = scratchFolder()
    await run('backup', 'create', '--url', cluster.url('shop'), '--to', to)
    cluster.sql('create table app.newer (n int)', 'shop')
    const swap = ['backup', 'restore', '--from', to, '--url', cluster.url(), '--swap', 'shop', '--apply']
    await killAtMoments(
      () => swap,
      { kills: 12, line: 'comparing every row' },
      () => {
        expect(Number(cluster.sql('select count(*) from app.big', 'shop'))).toBe(30_000)
      },
    )
    expect(cluster.sql("select count(*) from pg_database where not datallowconn and datname <> 'template0'")).toBe('0')
  })
})
