import { DatabasePool, parseConnection, type SslMode } from '@pcap-analyzer/dbops'
import { Kysely, PostgresDialect, type PostgresPool } from 'kysely'
import { parseDatabaseUrl } from './database-url.ts'
import { PlainValues } from './plain-values.ts'
import type { Database } from './schema.ts'
import { openSqlite } from './sqlite-dialect.ts'

export interface DatabaseOptions {
  /** `sqlite:///…` or `postgresql://…`. */
  readonly url: string
  /** With libpq's meaning; what the URL says wins. `disable`. */
  readonly sslMode?: SslMode
  /** File of CA certificates. */
  readonly sslRootCert?: string | null
  /** Sessions kept and most of them; 2 and 10. */
  readonly minSize?: number
  readonly maxSize?: number
  /** How long is waited for a free session; 30 s. */
  readonly acquireTimeoutMs?: number
  /** A statement is cancelled after this time; 60 s. */
  readonly commandTimeoutMs?: number
}

export type DialectName = 'sqlite' | 'postgres'

/** An open database. Close it once. */
export interface OpenDatabase {
  readonly dialect: DialectName
  readonly query: Kysely<Database>
  /** The pool, for health; null for SQLite. */
  readonly pool: DatabasePool | null
  /** Another pool over the same database; null for SQLite. Whoever asks for it ends it. */
  readonly newPool: ((size: number) => DatabasePool) | null
  /** On SQLite: differs from the one before when anything was written, by this process or another. Null for PostgreSQL. */
  readonly changeStamp: (() => string | null) | null
  close(): Promise<void>
}

/** Opens SQLite at once, PostgreSQL when the first statement needs a session. @throws {ServiceError} CONFIGURATION_INVALID */
export function openDatabase(options: DatabaseOptions): OpenDatabase {
  const target = parseDatabaseUrl(options.url)
  if (target.dialect === 'sqlite') {
    const { dialect, changeStamp } = openSqlite(target.path)
    const query = new Kysely<Database>({ dialect, plugins: [new PlainValues()] })
    return { dialect: 'sqlite', query, pool: null, newPool: null, changeStamp, close: () => query.destroy() }
  }
  const parameters = parseConnection(target.url, sslEnvironment(options))
  const pool = new DatabasePool({
    parameters,
    size: options.maxSize ?? 10,
    minSize: options.minSize ?? 2,
    acquireTimeoutMs: options.acquireTimeoutMs ?? 30_000,
    commandTimeoutMs: options.commandTimeoutMs ?? 60_000,
  })
  const query = new Kysely<Database>({
    dialect: new PostgresDialect({ pool: pool as unknown as PostgresPool }),
    plugins: [new PlainValues()],
  })
  const newPool = (size: number) => new DatabasePool({ parameters, size })
  return { dialect: 'postgres', query, pool, newPool, changeStamp: null, close: () => query.destroy() }
}

/** Below the URL's own words, as with libpq. */
function sslEnvironment({ sslMode = 'disable', sslRootCert = null }: DatabaseOptions): Record<string, string> {
  return { PGSSLMODE: sslMode, ...(sslRootCert === null ? {} : { PGSSLROOTCERT: sslRootCert }) }
}
