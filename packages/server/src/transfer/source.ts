import { existsSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { parseDatabaseUrl } from '../db/database-url.ts'
import { ServiceError } from '../errors.ts'
import type { Converted } from './convert.ts'
import type { TransferredTable } from './transferred-tables.ts'

export type ConvertedRow = Record<string, Converted>

/** An old database, opened for reading only: whatever version made it, nothing in it is changed. */
export class TransferSource {
  private readonly database: Sqlite.Database

  /** @throws {ServiceError} TRANSFER_FAILED when the file is missing or no database. */
  constructor(url: string) {
    const target = parseDatabaseUrl(url)
    if (target.dialect !== 'sqlite') throw new ServiceError('TRANSFER_FAILED', 'the source must be sqlite:///PATH')
    if (!existsSync(target.path)) throw new ServiceError('TRANSFER_FAILED', `there is no file ${target.path}`)
    try {
      this.database = new Sqlite(target.path, { readonly: true, fileMustExist: true })
      this.database.pragma('schema_version')
    } catch (cause) {
      throw new ServiceError('TRANSFER_FAILED', `${target.path} is no SQLite database`, { cause })
    }
  }

  has({ name }: TransferredTable): boolean {
    return (
      this.database.prepare('select 1 from sqlite_master where type = ? and name = ?').get('table', name) !== undefined
    )
  }

  count({ name }: TransferredTable): number {
    return (this.database.prepare(`select count(*) as total from "${name}"`).get() as { total: number }).total
  }

  /**
   * Rows in the order of their insertion, with the columns of the new schema.
   * @throws {ServiceError} TRANSFER_FAILED when a value cannot be read, naming table, row and column.
   */
  *rows(table: TransferredTable): Generator<ConvertedRow> {
    let position = 0
    for (const raw of this.database.prepare(`select * from "${table.name}" order by rowid`).iterate()) {
      position++
      yield convertRow(table, raw as Record<string, unknown>, position)
    }
  }

  close(): void {
    this.database.close()
  }
}

function convertRow(table: TransferredTable, raw: Record<string, unknown>, position: number): ConvertedRow {
  const row: ConvertedRow = {}
  for (const { name, earlierNames = [], convert, missing = null } of table.columns) {
    const present = [name, ...earlierNames].find((candidate) => raw[candidate] !== undefined && raw[candidate] !== null)
    try {
      row[name] = (present === undefined ? null : convert(raw[present])) ?? missing
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new ServiceError('TRANSFER_FAILED', `${table.name}, row ${position}, column ${present}: ${reason}`, {
        cause,
        hint: 'nothing of this batch was written; correct the row in the old database and run the same command again',
      })
    }
  }
  return row
}
