import { DatabasePool, parseConnection } from '@pcap-analyzer/dbops'
import { findServerBinaries, startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  assignOrphans,
  asTenant,
  grantApplicationLogin,
  loginProblems,
  type OpenDatabase,
  openDatabase,
  SERVICE,
  upgrade,
} from '../src/index.ts'

const ANN = { userId: '11111111-1111-4111-8111-111111111111', role: 'user' } as const
const BOB = { userId: '22222222-2222-4222-8222-222222222222', role: 'user' } as const
const ADMIN = { userId: '33333333-3333-4333-8333-333333333333', role: 'admin' } as const
const NOW = '2026-01-01T00:00:00.000Z'

let cluster: TestCluster
let owner: OpenDatabase
let application: OpenDatabase
let raw: DatabasePool

function task(id: number, ownerId: string | null) {
  return {
    task_id: `44444444-4444-4444-8444-${String(id).padStart(12, '0')}`,
    filename: `${id}.pcap`,
    status: 'completed' as const,
    uploaded_at: NOW,
    created_at: NOW,
    file_size_bytes: id,
    owner_id: ownerId,
  }
}

beforeAll(async () => {
  if (findServerBinaries() === null) throw new Error('these tests need PostgreSQL: apt-get install postgresql')
  cluster = await startCluster()
  cluster.sql("create role schema_owner login password 'o'; create role service_app login password 'a'")
  cluster.sql('create database tenants owner schema_owner')
  cluster.sql('grant all on schema public to schema_owner', 'tenants')
  owner = openDatabase({ url: cluster.url('tenants', 'schema_owner'), minSize: 0 })
  await upgrade(owner)
  await grantApplicationLogin(owner, 'service_app')
  application = openDatabase({ url: cluster.url('tenants', 'service_app'), minSize: 0 })
  raw = new DatabasePool({ parameters: parseConnection(cluster.url('tenants', 'service_app')), minSize: 0 })
  await application.query
    .insertInto('users')
    .values(
      [ANN, BOB, ADMIN].map(({ userId, role }, i) => ({
        id: userId,
        username: `user${i}`,
        email: `user${i}@example.org`,
        hashed_password: 'x',
        role,
        created_at: NOW,
      })) as never,
    )
    .execute()
  await asTenant(application, SERVICE, (transaction) =>
    transaction
      .insertInto('tasks')
      .values([task(1, ANN.userId), task(2, BOB.userId), task(3, null)] as never)
      .execute(),
  )
})
afterAll(async () => {
  await raw?.end()
  await application?.close()
  await owner?.close()
  await cluster?.stop()
})

async function filesOf(tenant: typeof ANN | typeof BOB | typeof ADMIN): Promise<string[]> {
  const rows = await asTenant(application, tenant, (transaction) =>
    transaction.selectFrom('tasks').select('filename').orderBy('filename').execute(),
  )
  return rows.map(({ filename }) => filename)
}

describe('row-level security', () => {
  it('shows users their own rows, administrators all, and rows of nobody to administrators only', async () => {
    expect(await filesOf(ANN)).toEqual(['1.pcap'])
    expect(await filesOf(BOB)).toEqual(['2.pcap'])
    expect(await filesOf(ADMIN)).toEqual(['1.pcap', '2.pcap', '3.pcap'])
  })

  it('shows a raw session of the application nothing until it says who asks', async () => {
    expect((await raw.query('select * from tasks')).rowCount).toBe(0)
    await raw.transaction(async (client) => {
      await client.query("select set_config('app.current_user_id', $1, true)", [ANN.userId])
      expect((await client.query('select * from tasks')).rowCount).toBe(1)
      expect((await client.query('update tasks set filename = $1', ['mine'])).rowCount).toBe(1)
      expect((await client.query('delete from tasks where owner_id = $1', [BOB.userId])).rowCount).toBe(0)
      await client.query("update tasks set filename = '1.pcap'")
    })
    expect((await raw.query('select * from tasks')).rowCount).toBe(0)
  })

  it('lets nobody write rows of another', async () => {
    const stolen = asTenant(application, ANN, (transaction) =>
      transaction
        .insertInto('tasks')
        .values(task(9, BOB.userId) as never)
        .execute(),
    )
    await expect(stolen).rejects.toThrow(/row-level security/)
  })

  it('binds the owner of the tables too', async () => {
    expect(await owner.query.selectFrom('tasks').selectAll().execute()).toEqual([])
  })

  it('leaves the application no way around it', async () => {
    expect(await loginProblems(application)).toEqual([])
    expect(await loginProblems(owner)).toEqual(['schema_owner owns the tables: it can take row-level security off'])
    for (const text of [
      'alter table tasks disable row level security',
      'drop policy tenant_isolation on tasks',
      'set role schema_owner',
      'delete from audit_events',
      "update audit_events set message = ''",
    ])
      await expect(raw.query(text)).rejects.toThrow(/must be owner|permission denied/)
  })

  it('gives what belongs to nobody to the first administrator', async () => {
    expect(await assignOrphans(application)).toEqual({ owner: 'user2', tasks: 1 })
    expect(await assignOrphans(application)).toEqual({ owner: 'user2', tasks: 0 })
  })
})
