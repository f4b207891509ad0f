import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, describe, expect, it } from 'vitest'
import { asTenant, type OpenDatabase, openDatabase, SERVICE, upgrade } from '../src/index.ts'
import { MOST_ATTEMPTS, nextTask, WALK_INDEXES } from '../src/jobs/next-task.ts'
import { dialects, newDatabase, stopCluster, type TestDialect } from './support/test-service.ts'

afterAll(stopCluster)

const NOW = '2030-01-01T12:00:00.000Z'
const LATER = '2030-01-01T12:00:20.000Z'
const BEFORE = '2030-01-01T11:59:40.000Z'

interface State {
  readonly owner: number
  readonly minute: number
  readonly kind: 'waiting' | 'under way' | 'lost' | 'lost too often' | 'done'
}

async function withDatabase(dialect: TestDialect, work: (database: OpenDatabase, owners: string[]) => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'pcap-claims-'))
  const database = openDatabase({ url: await newDatabase(dialect, folder) })
  await upgrade(database)
  const owners = Array.from({ length: 4 }, () => randomUUID())
  for (const [number, id] of owners.entries()) {
    const user = {
      id,
      username: `u${number}`,
      email: `u${number}@example.com`,
      hashed_password: 'x',
      role: 'user',
    } as const
    await database.query
      .insertInto('users')
      .values({ ...user, created_at: NOW })
      .execute()
  }
  try {
    await work(database, owners)
  } finally {
    await database.close()
    rmSync(folder, { recursive: true })
  }
}

function rowOf({ owner, minute, kind }: State, owners: readonly string[]) {
  const isRunning = kind === 'under way' || kind.startsWith('lost')
  return {
    task_id: randomUUID(),
    filename: 'x.pcap',
    status:
      kind === 'waiting' ? ('pending' as const) : kind === 'done' ? ('completed' as const) : ('processing' as const),
    uploaded_at: `2030-01-01T10:${String(minute).padStart(2, '0')}:00.000Z`,
    created_at: NOW,
    file_size_bytes: 1,
    owner_id: owners[owner] ?? null,
    attempts: kind === 'lost too often' ? MOST_ATTEMPTS : isRunning ? 1 : 0,
    lease_until: isRunning ? (kind === 'under way' ? LATER : BEFORE) : null,
  }
}
type Row = ReturnType<typeof rowOf>

/** The rule in plain words: who may be taken, ranked by how many of the same user are under way, then by age. */
function expectedOf(rows: readonly Row[]): string | null {
  const isFree = (row: Row) =>
    row.status === 'pending' ||
    (row.status === 'processing' && row.lease_until === BEFORE && row.attempts < MOST_ATTEMPTS)
  const underWay = (row: Row) => rows.filter((one) => one.owner_id === row.owner_id && one.lease_until === LATER).length
  const ranked = rows.filter(isFree).toSorted((a, b) => {
    const key = (row: Row) => `${underWay(row)} ${row.uploaded_at} ${row.task_id}`
    return key(a) < key(b) ? -1 : 1
  })
  return ranked[0]?.task_id ?? null
}

describe.each(dialects)('the task to claim on %s', (dialect) => {
  it('is the oldest of the user with the fewest under way, whatever else there is', () =>
    withDatabase(dialect, async (database, owners) => {
      const state = fc.record({
        owner: fc.nat({ max: 3 }),
        minute: fc.nat({ max: 59 }),
        kind: fc.constantFrom('waiting', 'under way', 'lost', 'lost too often', 'done'),
      }) as fc.Arbitrary<State>
      await fc.assert(
        fc.asyncProperty(fc.array(state, { maxLength: 12 }), async (states) => {
          const rows = states.map((one) => rowOf(one, owners))
          const found = await asTenant(database, SERVICE, async (transaction) => {
            await transaction.deleteFrom('tasks').execute()
            if (rows.length > 0) await transaction.insertInto('tasks').values(rows).execute()
            return (await nextTask(NOW).execute(transaction)).rows[0]?.task_id ?? null
          })
          expect(found).toBe(expectedOf(rows))
        }),
        { numRuns: 60 },
      )
    }))
})

it('a claim looks at a few rows, however many wait', () =>
  withDatabase('postgres', async (database, owners) => {
    await asTenant(database, SERVICE, async (transaction) => {
      await sql`insert into tasks (task_id, filename, status, uploaded_at, created_at, file_size_bytes, owner_id)
        select gen_random_uuid(), 'x.pcap', case when n % 2 = 0 then 'pending' else 'completed' end, now() - n * interval '1 second', now(), 1,
          (array[${sql.join(owners.map((id) => sql`${id}::uuid`))}])[1 + (n / 2) % 4] from generate_series(1, 20000) n`.execute(
        transaction,
      )
    })
    await sql`analyze tasks`.execute(database.query)
    const plan = await asTenant(database, SERVICE, async (transaction) => {
      await WALK_INDEXES.execute(transaction)
      const { rows } = await sql<{
        'QUERY PLAN': [{ Plan: Node }]
      }>`explain (analyze, format json) ${nextTask(NOW)}`.execute(transaction)
      return rows[0]?.['QUERY PLAN'][0].Plan as Node
    })
    const onTasks = nodesOf(plan).filter((node) => node['Relation Name'] === 'tasks')
    expect(onTasks.length).toBeGreaterThan(0)
    const rowsRead = onTasks.reduce(
      (sum, node) => sum + node['Actual Loops'] * (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)),
      0,
    )
    expect(rowsRead, JSON.stringify(onTasks)).toBeLessThan(40)
  }))

interface Node {
  readonly 'Relation Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly Node[]
}

function nodesOf(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}
