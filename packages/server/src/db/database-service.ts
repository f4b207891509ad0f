import { CompiledQuery } from 'kysely'
import { upgrade } from './migrator.ts'
import { type DatabaseOptions, type OpenDatabase, openDatabase } from './open-database.ts'

/** A row as the database gives it: times as ISO text, truth values as booleans. */
export type Row = Record<string, unknown>

/**
 * The database behind one small face, for scripts of one's own: SQL with `?` for values, whichever database it is. The service itself
 * builds its statements with types.
 */
export class DatabaseService {
  readonly database: OpenDatabase

  constructor({ databaseUrl, ...options }: { databaseUrl: string } & Omit<DatabaseOptions, 'url'>) {
    this.database = openDatabase({ url: databaseUrl, ...options })
  }

  /** Brings the schema up to date. @throws {ServiceError} */
  async initDb(): Promise<void> {
    await upgrade(this.database)
  }

  async fetchAll(text: string, ...values: readonly unknown[]): Promise<Row[]> {
    return (await this.run(text, values)).rows
  }

  async fetchOne(text: string, ...values: readonly unknown[]): Promise<Row | null> {
    return (await this.fetchAll(text, ...values))[0] ?? null
  }

  /** @returns how many rows were changed. */
  async execute(text: string, ...values: readonly unknown[]): Promise<number> {
    return Number((await this.run(text, values)).numAffectedRows ?? 0)
  }

  async close(): Promise<void> {
    await this.database.close()
  }

  private run(text: string, values: readonly unknown[]) {
    const prepared = this.database.dialect === 'postgres' ? numberPlaceholders(text) : text
    return this.database.query.executeQuery<Row>(CompiledQuery.raw(prepared, [...values]))
  }
}

/** Quoted text and names, comments, dollar quotes, and the question marks between them. */
const PARTS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|\?/g

/** `?` becomes `$1`, `$2` …, but not within quotes or comments. */
export function numberPlaceholders(text: string): string {
  let count = 0
  return text.replace(PARTS, (part) => (part === '?' ? `$${++count}` : part))
}
