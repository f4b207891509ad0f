import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { SqliteDialect } from 'kysely'

const BUSY_TIMEOUT_MS = 10_000

export interface OpenSqlite {
  readonly dialect: SqliteDialect
  /** Differs from the one before when anything was written, through this connection or any other; null once it is closed. */
  readonly changeStamp: () => string | null
}

/** SQLite with what a service needs: a write-ahead log, foreign keys, and patience with other writers. */
export function openSqlite(path: string): OpenSqlite {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const database = new Sqlite(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.pragma('foreign_keys = ON')
  database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
  const prepare = database.prepare.bind(database)
  // our own writes, and what others committed
  const stamps = prepare('select total_changes() as own, data_version as others from pragma_data_version').raw()
  const changeStamp = () => (database.open ? (stamps.get() as number[]).join(' ') : null)
  const dialect = new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare: (text) => {
        const statement = prepare(text)
        return {
          reader: statement.reader,
          all: (values) => statement.all(...values.map(bound)),
          run: (values) => statement.run(...values.map(bound)),
          iterate: (values) => statement.iterate(...values.map(bound)) as IterableIterator<unknown>,
        }
      },
    },
  })
  return { dialect, changeStamp }
}

/** SQLite binds neither booleans nor dates. */
function bound(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0
  return value instanceof Date ? value.toISOString() : value
}
