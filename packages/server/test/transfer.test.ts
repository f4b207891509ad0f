import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findServerBinaries, startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asTenant, migrateDatabase, openDatabase, SERVICE } from '../src/index.ts'

let cluster: TestCluster
let folder: string
let databases = 0

beforeAll(async () => {
  if (findServerBinaries() === null) throw new Error('these tests need PostgreSQL: apt-get install postgresql')
  cluster = await startCluster()
  folder = mkdtempSync(join(tmpdir(), 'pcap-transfer-'))
})
afterAll(async () => {
  await cluster?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const ADMIN = '11111111-1111-4111-8111-111111111111'
const USER = '22222222-2222-4222-8222-222222222222'
const TASKS = 1300

/** A database as version 4 made it: other column names, no approval, no owners, text times without a zone. */
function versionFour(name: string): string {
  const path = join(folder, name)
  const database = new Sqlite(path)
  database.exec(`
    create table users (id text primary key, username text, email text, hashed_password text, role text, is_active integer, created_at text);
    create table tasks (task_id text primary key, filename text, file_size integer, status text, progress integer, result text,
      error_message text, uploaded_at text, completed_at text);
    create table progress_snapshots (id integer primary key autoincrement, task_id text, progress integer, status text, timestamp text);
  `)
  const user = database.prepare('insert into users values (?, ?, ?, ?, ?, ?, ?)')
  user.run(
    ADMIN,
    'Admin',
    'Admin@Example.org',
    '$2b$12$abcdefghijklmnopqrstuv',
    'admin',
    1,
    '2024-05-01 10:00:00.123456',
  )
  user.run(
    USER.replaceAll('-', ''),
    'ann',
    'ann@example.org',
    '$2b$12$zyxwvutsrqponmlkjihgfe',
    'user',
    0,
    '2024-05-02T10:00:00+02:00',
  )
  const task = database.prepare('insert into tasks values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const snapshot = database.prepare(
    'insert into progress_snapshots (task_id, progress, status, timestamp) values (?, ?, ?, ?)',
  )
  for (let i = 0; i < TASKS; i++) {
    const id = `33333333-3333-4333-8333-${String(i).padStart(12, '0')}`
    task.run(
      id,
      `Fälle \0 ${i}.pcap`,
      i,
      i % 3 === 0 ? 'processing' : 'completed',
      100,
      null,
      null,
      '2024-05-03 10:00:00',
      null,
    )
    snapshot.run(id, 50, 'analysis', '2024-05-03 10:00:01')
  }
  snapshot.run('44444444-4444-4444-8444-444444444444', 1, 'gone', '2024-05-03 10:00:01')
  database.close()
  return `sqlite:///${path}`
}

function freshTarget(): string {
  const name = `t${databases++}`
  cluster.sql(`create database ${name}`)
  return cluster.url(name)
}

describe('a transfer from version 4', () => {
  it('keeps ids and hashes, approves whom it finds, proves itself, and writes nothing twice', async () => {
    const options = { sqliteUrl: versionFour('four.db'), postgresUrl: freshTarget() }
    const dry = await migrateDatabase({ ...options, dryRun: true })
    const first = await migrateDatabase(options)
    expect(first.map(({ table, source, written, leftOut }) => [table, source, written, leftOut])).toEqual([
      ['users', 2, 2, 0],
      ['tasks', TASKS, TASKS, 0],
      ['progress_snapshots', TASKS + 1, TASKS, 1],
    ])
    expect(first.map(({ sourceChecksum }) => sourceChecksum)).toEqual(dry.map(({ sourceChecksum }) => sourceChecksum))
    for (const { sourceChecksum, targetChecksum } of first) expect(targetChecksum).toBe(sourceChecksum)
    const second = await migrateDatabase(options)
    expect(second.map(({ written, alreadyThere }) => [written, alreadyThere])).toEqual([
      [0, 2],
      [0, TASKS],
      [0, TASKS],
    ])
    const database = openDatabase({ url: options.postgresUrl, minSize: 0 })
    const users = await database.query.selectFrom('users').selectAll().orderBy('username').execute()
    expect(users).toMatchObject([
      {
        id: ADMIN,
        username: 'admin',
        email: 'admin@example.org',
        is_approved: true,
        created_at: '2024-05-01T10:00:00.123Z',
      },
      { id: USER, is_active: false, is_approved: true, created_at: '2024-05-02T08:00:00.000Z' },
    ])
    const tasks = await asTenant(database, SERVICE, (transaction) =>
      transaction.selectFrom('tasks').selectAll().orderBy('task_id').limit(2).execute(),
    )
    expect(tasks).toMatchObject([
      { status: 'failed', owner_id: null, filename: 'Fälle  0.pcap', file_size_bytes: 0 },
      { status: 'completed', file_size_bytes: 1 },
    ])
    await database.close()
  })

  it('goes on where it was killed', async () => {
    const options = { sqliteUrl: versionFour('killed.db'), postgresUrl: freshTarget() }
    const stopped = new Error('killed')
    let batches = 0
    const killed = migrateDatabase({
      ...options,
      onProgress: ({ table }) => {
        if (table === 'tasks' && ++batches === 2) throw stopped
      },
    })
    await expect(killed).rejects.toBe(stopped)
    const [, tasks] = await migrateDatabase(options)
    expect(tasks).toMatchObject({ written: TASKS - 1000, alreadyThere: 1000 })
  })

  it('says which row it cannot read, and leaves its batch out', async () => {
    const sqliteUrl = versionFour('broken.db')
    const broken = new Sqlite(sqliteUrl.slice('sqlite:///'.length))
    broken.exec("update tasks set uploaded_at = 'yesterday' where rowid = 7")
    broken.close()
    await expect(migrateDatabase({ sqliteUrl, postgresUrl: freshTarget() })).rejects.toMatchObject({
      code: 'TRANSFER_FAILED',
      message: 'tasks, row 7, column uploaded_at: "yesterday" is no time',
    })
  })
})
