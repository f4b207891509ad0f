import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { serverError } from '../connection/server-errors.ts'
import { withServerLock } from '../connection/server-lock.ts'
import { DbopsError } from '../errors.ts'
import { quoteName } from '../quote.ts'
import { compare, Ledger, type MigrationState } from './ledger.ts'
import { findLoss } from './loss.ts'
import type { Migration } from './migration-files.ts'
import { indexOf, pending, toTakeBack } from './plan.ts'

/** A schema that is kept by migrations. */
export interface MigrationOptions {
  readonly server: ConnectionParameters
  readonly migrations: readonly Migration[]
  /** Schema of the ledger; public. */
  readonly schema?: string
  /** Role that is to own what is made; the login's own. */
  readonly as?: string | null
  /** How long a statement may wait for a lock that others hold; 10 s. */
  readonly lockTimeoutMs?: number
  readonly onProgress?: (line: string) => void
  /** Told before a step; tests fail there. */
  readonly onStep?: (version: string, moment: 'before' | 'after') => void
}

/** What folder and database say of every version. */
export async function migrationStates(options: MigrationOptions): Promise<MigrationState[]> {
  return await session(options, async (_, ledger) => compare(options.migrations, await ledger.read()))
}

/**
 * Applies migrations, each in a transaction with its note in the ledger: after a crash the database has both or neither. One runs on the
 * server at a time.
 * @throws {DbopsError} LOCK_HELD; CHECK_FAILED, or what the server's refusal stands for, with the version: what came before stays
 */
export async function migrateUp(options: MigrationOptions, to: string | null = null): Promise<Migration[]> {
  return await alone(options, async (client, ledger) => {
    const todo = pending(options.migrations, compare(options.migrations, await ledger.read()), to)
    if (todo.length > 0) await ledger.create()
    for (const migration of todo) {
      const { up, isTransactional } = migration
      await step(options, migration, async () => {
        if (!isTransactional) await ledger.note(migration, 'unfinished')
        await (isTransactional
          ? transaction(client, async () => {
              await runScript(client, migration, up)
              await ledger.note(migration, 'applied')
            })
          : client.query(up).then(() => ledger.note(migration, 'applied')))
      })
    }
    return todo
  })
}

/** What came of taking migrations back. */
export interface TakenBack {
  readonly migrations: readonly Migration[]
  /** Data that went with them, or would go. */
  readonly losses: readonly string[]
}

/**
 * Takes migrations back until `to` stands last, all in one transaction. Whether data would be lost is found by doing it first and
 * rolling back; then it is refused, unless the loss is accepted. With `isRehearsal` nothing stays.
 * @throws {DbopsError} REFUSED, LOCK_HELD, what the server's refusal stands for
 */
export async function migrateDown(
  options: MigrationOptions,
  to: string | null,
  { isLossAccepted = false, isRehearsal = false } = {},
): Promise<TakenBack> {
  return await alone(options, async (client, ledger) => {
    const todo = toTakeBack(options.migrations, compare(options.migrations, await ledger.read()), to)
    const outside = todo.find(({ isTransactional }) => !isTransactional)
    if (outside !== undefined) return await downOutside(options, client, ledger, todo, isLossAccepted && !isRehearsal)
    const all = async (): Promise<void> => {
      for (const migration of todo)
        await step(options, migration, () => runScript(client, migration, migration.down ?? ''))
    }
    return await transaction(client, async () => {
      const losses = await findLoss(client, all)
      if (isRehearsal) return { migrations: todo, losses }
      if (losses.length > 0 && !isLossAccepted) throw lossRefused(losses)
      await all()
      for (const migration of todo) await ledger.forget(migration)
      return { migrations: todo, losses }
    })
  })
}

/** One after the other, without a rehearsal. */
async function downOutside(
  options: MigrationOptions,
  client: ServerClient,
  ledger: Ledger,
  todo: readonly Migration[],
  isAllowed: boolean,
): Promise<TakenBack> {
  const losses = ['what cannot be told: a migration among them runs outside a transaction and is not rehearsed']
  if (!isAllowed) throw lossRefused(losses)
  for (const migration of todo) {
    await step(options, migration, async () => {
      await ledger.note(migration, 'unfinished')
      await client.query(migration.down ?? '')
      await ledger.forget(migration)
    })
  }
  return { migrations: todo, losses }
}

function lossRefused(losses: readonly string[]): DbopsError {
  return new DbopsError('REFUSED', `this would lose ${losses.join('; ')}`, {
    hint: 'back it up (dbops backup create), then give --accept-loss',
  })
}

/** Notes that the schema stands at a version without running anything; what is noted of later ones goes. @throws {DbopsError} USAGE */
export async function stampMigrations(options: MigrationOptions, version: string): Promise<void> {
  const last = indexOf(options.migrations, version)
  await alone(options, async (client, ledger) => {
    await transaction(client, async () => {
      await ledger.create()
      const before = await ledger.read()
      for (const one of before) await ledger.forget(one)
      for (const migration of options.migrations.slice(0, last + 1)) await ledger.note(migration, 'stamped')
    })
  })
}

async function session<Result>(
  { server, schema = 'public', as = null, lockTimeoutMs = 10_000 }: MigrationOptions,
  work: (client: ServerClient, ledger: Ledger) => Promise<Result>,
): Promise<Result> {
  return await withServer({ ...server, applicationName: 'dbops migrate' }, async (client) => {
    if (as !== null) await client.query(`set role ${quoteName(as)}`)
    await client.query(`set lock_timeout = ${Math.round(lockTimeoutMs)}`)
    return await work(client, new Ledger(client, schema))
  })
}

async function alone<Result>(
  options: MigrationOptions,
  work: (client: ServerClient, ledger: Ledger) => Promise<Result>,
): Promise<Result> {
  const { server } = options
  return await withServerLock(server, `migrate ${server.database}`, () => session(options, work))
}

async function transaction<Result>(client: ServerClient, work: () => Promise<Result>): Promise<Result> {
  await client.query('begin')
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {}) // the session may be lost, and the transaction with it
    throw error
  }
}

/** @throws {DbopsError} INTEGRITY for a script that ended the transaction it ran in */
async function runScript(client: ServerClient, { version, name }: Migration, sql: string): Promise<void> {
  const current = async (): Promise<string> => {
    const { rows } = await client.query<{ id: string }>('select pg_current_xact_id()::text as id')
    return rows[0].id
  }
  const before = await current()
  await client.query(sql)
  // the next migration does not inherit it
  await client.query('reset search_path')
  if ((await current()) === before) return
  throw new DbopsError(
    'INTEGRITY',
    `${version}_${name} ended the transaction it ran in: what it did is neither noted nor undone`,
    {
      hint: 'take begin, commit and rollback out of it, put the schema right, then dbops migrate stamp',
    },
  )
}

async function step(
  { onStep = () => {}, onProgress = () => {} }: MigrationOptions,
  { version, name }: Migration,
  work: () => Promise<void>,
): Promise<void> {
  onStep(version, 'before')
  try {
    await work()
  } catch (error) {
    if (error instanceof DbopsError) throw error
    const cause = serverError(error)
    const code = cause.code === 'SERVER' ? 'CHECK_FAILED' : cause.code
    throw new DbopsError(code, `${version}_${name}: ${cause.message}`, { hint: cause.hint, cause })
  }
  onProgress(`${version}_${name}`)
  onStep(version, 'after')
}
