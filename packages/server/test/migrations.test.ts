import { findServerBinaries, startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schemaSteps } from '../src/db/migrations/index.ts'
import { currentStep, downgrade, type OpenDatabase, openDatabase, stamp, stepHistory, upgrade } from '../src/index.ts'

let cluster: TestCluster | null = null
let databases = 0

beforeAll(async () => {
  if (findServerBinaries() !== null) cluster = await startCluster()
})
afterAll(() => cluster?.stop())

const dialects = ['sqlite', 'postgres'] as const

function fresh(dialect: (typeof dialects)[number]): string {
  if (dialect === 'sqlite') return 'sqlite:///:memory:'
  if (cluster === null) throw new Error('no PostgreSQL on this machine')
  const name = `m${databases++}`
  cluster.sql(`create database ${name}`)
  return cluster.url(name)
}

async function using<Result>(url: string, work: (database: OpenDatabase) => Promise<Result>): Promise<Result> {
  const database = openDatabase({ url, minSize: 0 })
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

describe.each(dialects)('the schema on %s', (dialect) => {
  it('goes up to the last step and back to nothing, step by step', () =>
    using(fresh(dialect), async (database) => {
      const applied = await upgrade(database)
      const names = (await stepHistory(database)).map(({ name }) => name)
      expect(applied).toEqual(names)
      expect(names.slice(0, 4)).toEqual([
        '001_initial_schema',
        '002_add_owner_id',
        '003_add_password_must_change',
        '004_add_indexes',
      ])
      for (const name of names.toReversed()) expect(await downgrade(database)).toEqual([name])
      expect(await currentStep(database)).toBeNull()
      expect(await upgrade(database, '+1')).toEqual(['001_initial_schema'])
      expect(await upgrade(database)).toEqual(names.slice(1))
    }))

  it('is refused when it is newer than the program', () =>
    using(fresh(dialect), async (database) => {
      await upgrade(database)
      await database.query
        .insertInto('schema_migrations' as never)
        .values({ name: '999_from_the_future', timestamp: '2099-01-01T00:00:00Z' } as never)
        .execute()
      await expect(upgrade(database)).rejects.toMatchObject({ code: 'SCHEMA_NEWER' })
    }))

  it('can be noted without being run', () =>
    using(fresh(dialect), async (database) => {
      await stamp(database, '002_add_owner_id')
      expect(await currentStep(database)).toBe('002_add_owner_id')
      await expect(stamp(database, 'nonsense')).rejects.toMatchObject({ code: 'MIGRATION_NOT_FOUND' })
    }))
})

describe('several instances that start at once', () => {
  it('apply every step once', async () => {
    const url = fresh('postgres')
    const applied = await Promise.all([1, 2, 3, 4].map(() => using(url, (database) => upgrade(database))))
    expect(applied.flat().toSorted()).toEqual([...new Set(applied.flat())].toSorted())
    expect(applied.flat()).toHaveLength(schemaSteps.length)
  })
})
