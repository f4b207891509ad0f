import { readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { parseConnection, withServer } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listBackups } from '../src/backup/catalog.ts'
import { PINNED_SETTINGS, provableTables, proveTables, type TableProof } from '../src/backup/table-proof.ts'
import { verifyBackup } from '../src/backup/verify-backup.ts'
import { startCommand } from './support/child.ts'
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

/** How long an undisturbed run takes, so that moments fall inside it. */
async function usualMs(words: readonly string[]): Promise<number> {
  const startMs = performance.now()
  const { ended, output } = startCommand(stateFolder, words)
  expect(await ended, output()).toBe(0)
  // the first run of a program is slower than those after it
  return (performance.now() - startMs) * 0.8
}

describe('T52 a backup that is killed', () => {
  it('never leaves anything that is listed as good and is not, and the next run cleans up', {
    timeout: 180_000,
  }, async () => {
    const to = scratchFolder()
    const create = ['backup', 'create', '--url', cluster.url('shop'), '--to', to]
    const before = await proofOfShop()
    const wholeMs = await usualMs(create)
    const moments = 50
    const seen = new Set<string>()
    let killed = 0
    for (let moment = 0; moment < moments; moment++) {
      const command = startCommand(stateFolder, create)
      await setTimeout((wholeMs * (moment + 0.5)) / moments)
      if (moment % 5 === 1)
        for (let tries = 0; tries < 200 && !command.killProgram('pg_dump'); tries++) await setTimeout(5)
      else if (moment % 5 === 3) command.child.kill('SIGKILL')
      else if (moment % 25 === 12) await cluster.restart('immediate')
      else command.killGroup()
      const end = await command.ended
      if (end !== 0) killed++
      for (const { state, folder } of listBackups(to, keys)) {
        if (state === 'unfinished' || seen.has(folder)) continue
        seen.add(folder)
        expect(state).toBe('good')
        expect((await verifyBackup({ ...keys, folder, level: 1 })).problems).toEqual([])
      }
    }
    expect(killed).toBeGreaterThan(20)
    const next = await run(...create)
    expect(next.exitCode, next.stderr).toBe(0)
    expect(readdirSync(to).filter((name) => name.startsWith('.'))).toEqual([])
    const all = listBackups(to, keys)
    for (const { folder } of all) expect((await verifyBackup({ ...keys, folder, level: 2 })).isGood).toBe(true)
    expect(await proofOfShop()).toEqual(before)
  })
})

describe('T53 a restore that is killed', () => {
  it('leaves the live database as it is, and the next run drops what is half made', { timeout: 180_000 }, async () => {
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
    const wholeMs = await usualMs(restore('whole'))
    const moments = 50
    let killed = 0
    for (let moment = 0; moment < moments; moment++) {
      const command = startCommand(stateFolder, restore(`half_${moment}`))
      await setTimeout((wholeMs * (moment + 0.5)) / moments)
      command.killGroup()
      if ((await command.ended) !== 0) killed++
    }
    expect(killed).toBeGreaterThan(25)
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
  it('leaves the old database or the restored one under the live name, always open', { timeout: 120_000 }, async () => {
    const to = scratchFolder()
    await run('backup', 'create', '--url', cluster.url('shop'), '--to', to)
    cluster.sql('create table app.newer (n int)', 'shop')
    const swap = ['backup', 'restore', '--from', to, '--url', cluster.url(), '--swap', 'shop', '--apply']
    let killed = 0
    for (let moment = 0; moment < 12; moment++) {
      const command = startCommand(stateFolder, swap)
      await new Promise<void>((resolve) => {
        command.child.stderr?.on('data', (text: Buffer) => {
          if (String(text).includes('comparing every row')) resolve()
        })
        command.child.once('exit', () => resolve())
      })
      await setTimeout(150 + moment * 15)
      command.killGroup()
      if ((await command.ended) !== 0) killed++
      expect(Number(cluster.sql('select count(*) from app.big', 'shop'))).toBe(30_000)
    }
    expect(killed).toBeGreaterThan(2)
    expect(cluster.sql("select count(*) from pg_database where not datallowconn and datname <> 'template0'")).toBe('0')
  })
})
