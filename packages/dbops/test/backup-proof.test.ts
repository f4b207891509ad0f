import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseConnection, withServer } from '@pcap-analyzer/dbops'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBackup } from '../src/backup/create-backup.ts'
import { newIdentity, readIdentity } from '../src/backup/recipients.ts'
import { type VerifyOptions, verifyBackup } from '../src/backup/verify-backup.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { seedShop } from './support/shop.ts'

let cluster: TestCluster
const { run, stateFolder, remove } = newCommandLine()
const identity = newIdentity()
const keys = { stateFolder, identities: [readIdentity(identity.privateKeyPem)] }
beforeAll(async () => {
  cluster = await startCluster()
  cluster.sql('create database shop')
  seedShop(cluster, 'shop')
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

const shop = () => parseConnection(cluster.url('shop'))
const server = () => parseConnection(cluster.url())

describe('T50 a backup while writers go on', () => {
  it('restores to exactly the rows, grants and policies of its snapshot', async () => {
    const to = scratchFolder()
    let isOver = false
    const writers = Array.from({ length: 3 }, (_, writer) =>
      withServer(shop(), async (client) => {
        while (!isOver) {
          await client.query("insert into app.orders (owner_id, note) select 1, 'during' from generate_series(1, 20)")
          await client.query('update app.orders set note = note || $1 where id % 3 = $2 and id < 100', ['.', writer])
          await client.query(
            'delete from app.orders where id = (select max(id) from app.orders where id % 3 = $1) and id > 1000',
            [writer],
          )
        }
      }),
    )
    const manifest = await createBackup({ parameters: shop(), to, ...keys, recipients: [identity.recipient] })
    isOver = true
    await Promise.all(writers)
    const result = await verifyBackup({ ...keys, folder: join(to, manifest.id), level: 3, server: server() })
    expect(result.problems).toEqual([])
    const now = Number(cluster.sql('select count(*) from app.orders', 'shop'))
    expect(manifest.tables.find(({ table }) => table === 'orders')?.rows).not.toBe(now)
  })

  it.each([
    [
      'a changed row',
      "update app.orders set note = 'tampered' where id = 3",
      'table app.orders has the same number of rows with other content',
    ],
    ['a missing row', 'delete from app.orders where id = 3', /^table app.orders has \d+ rows, the backup has \d+$/],
    [
      'a duplicated row',
      'insert into app.log select * from app.log limit 1',
      /^table app.log has \d+ rows, the backup has \d+$/,
    ],
    [
      'another order of rows',
      'create temp table t as select * from app.log order by line desc; delete from app.log; insert into app.log select * from t',
      null,
    ],
    ['a missing table', 'drop table app.log', 'table app.log is missing'],
    ['a missing policy', 'drop policy tenant_isolation on app.orders', /^missing: policy app.orders.tenant_isolation/],
    ['a grant more', 'grant delete on app.log to public', /grant app.log/],
  ])('names %s in the restored database', async (_, statement, expected) => {
    const to = scratchFolder()
    const manifest = await createBackup({ parameters: shop(), to, ...keys })
    const options: VerifyOptions = { ...keys, folder: join(to, manifest.id), level: 3, server: server() }
    const result = await verifyBackup({
      ...options,
      beforeCompare: async (client) => void (await client.query(statement)),
    })
    // the order of rows is nothing a table promises
    if (expected === null) expect(result.isGood).toBe(true)
    else
      expect(result.problems).toContainEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected))
  })
})

describe('T55 tables with row-level security', () => {
  it('are refused before anything is written when the role is filtered, and whole with BYPASSRLS', async () => {
    cluster.sql(`create role plain_backup login; grant pg_read_all_data to plain_backup;
      create role full_backup login bypassrls; grant pg_read_all_data to full_backup`)
    const to = scratchFolder()
    const plain = await run('backup', 'create', '--url', cluster.url('shop', 'plain_backup'), '--to', to)
    expect(plain).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining('row-level security hides rows of app.orders'),
    })
    expect(readdirSync(to)).toEqual([])
    const full = await run(
      'backup',
      'create',
      '--url',
      cluster.url('shop', 'full_backup'),
      '--to',
      to,
      '--globals',
      'none',
    )
    expect(full.exitCode, full.stderr).toBe(0)
    const verified = await run('backup', 'verify', '--from', to, '--url', cluster.url())
    expect(verified.exitCode, verified.stdout).toBe(0)
  })
})

describe('T56 encryption', () => {
  it('leaves no plaintext in any file, opens for every recipient and for nobody else', async () => {
    const to = scratchFolder()
    const second = newIdentity()
    const manifest = await createBackup({
      parameters: shop(),
      to,
      ...keys,
      recipients: [identity.recipient, second.recipient],
      compression: 'none',
    })
    for (const name of readdirSync(join(to, manifest.id))) {
      if (name !== 'manifest.json') expect(readFileSync(join(to, manifest.id, name)).includes('canary-row')).toBe(false)
    }
    const folder = join(to, manifest.id)
    const open = (pem = second.privateKeyPem) =>
      verifyBackup({ folder, level: 2, stateFolder, identities: [readIdentity(pem)] })
    expect((await open()).isGood).toBe(true)
    await expect(open(newIdentity().privateKeyPem)).rejects.toMatchObject({ code: 'SECRET_MISSING' })
  })
})
