import { sql, type Transaction } from 'kysely'
import { upgrade } from '../db/migrator.ts'
import { type OpenDatabase, openDatabase } from '../db/open-database.ts'
import type { Database } from '../db/schema.ts'
import { asTenant, SERVICE } from '../db/tenant.ts'
import { ServiceError } from '../errors.ts'
import { RowsChecksum } from './checksum.ts'
import { type ConvertedRow, TransferSource } from './source.ts'
import { type TransferredTable, transferredTables } from './transferred-tables.ts'

const BATCH_ROWS = 500

export interface TransferOptions {
  /** `sqlite:///…`, of version 4 or 5; only read. */
  readonly sqliteUrl: string
  /** The new database, as a login that owns its tables or is an administrator to row-level security. */
  readonly postgresUrl: string
  /** Reads and checks everything and writes nothing. */
  readonly dryRun?: boolean
  readonly onProgress?: (progress: { table: string; done: number; total: number }) => void
}

/** What became of a table. Rows in = written + already there + left out. */
export interface TableReport {
  readonly table: string
  readonly source: number
  readonly written: number
  readonly alreadyThere: number
  /** Rows whose parent does not exist. */
  readonly leftOut: number
  /** Rows that lost a reference to something that does not exist. */
  readonly orphaned: number
  /** Order-free checksums over the rows carried, before and after; null in a dry run. */
  readonly sourceChecksum: string
  readonly targetChecksum: string | null
}

/**
 * Carries users, tasks, progress and earlier passwords from SQLite to PostgreSQL: ids and password hashes stay, accounts from before
 * approval existed are approved. Each batch is a transaction and rows that are there are passed over, so it may be killed at any moment
 * and run again. At the end every row is read back and compared.
 * @throws {ServiceError} TRANSFER_FAILED, SCHEMA_NEWER, MIGRATION_FAILED
 */
export async function migrateDatabase(options: TransferOptions): Promise<TableReport[]> {
  const source = new TransferSource(options.sqliteUrl)
  const target = openDatabase({ url: options.postgresUrl, minSize: 0 })
  try {
    if (options.dryRun !== true) await upgrade(target)
    const reports: TableReport[] = []
    for (const table of transferredTables) {
      if (source.has(table)) reports.push(await new TableTransfer(source, target, table, options).run())
    }
    return reports
  } finally {
    source.close()
    await target.close()
  }
}

/** One table on its way. */
class TableTransfer {
  private readonly source: TransferSource
  private readonly target: OpenDatabase
  private readonly table: TransferredTable
  private readonly options: TransferOptions
  private readonly columns: readonly string[]
  private readonly before = new RowsChecksum()
  private readonly after = new RowsChecksum()
  private readonly counts = { source: 0, written: 0, alreadyThere: 0, leftOut: 0, orphaned: 0 }

  constructor(source: TransferSource, target: OpenDatabase, table: TransferredTable, options: TransferOptions) {
    this.source = source
    this.target = target
    this.table = table
    this.options = options
    this.columns = table.columns.map(({ name }) => name)
  }

  async run(): Promise<TableReport> {
    const { table, counts } = this
    const parents = this.parentKeys()
    const total = this.source.count(table)
    let batch: ConvertedRow[] = []
    for (const row of this.source.rows(table)) {
      counts.source++
      if (this.hasParent(row, parents)) batch.push(row)
      if (batch.length < BATCH_ROWS) continue
      await this.take(batch)
      batch = []
      this.options.onProgress?.({ table: table.name, done: counts.source, total })
    }
    await this.take(batch)
    this.options.onProgress?.({ table: table.name, done: counts.source, total })
    return this.report()
  }

  /** Keys of the parents that the old database has; null when the table has none. */
  private parentKeys(): ReadonlySet<unknown> | null {
    const { parent } = this.table
    if (parent === undefined) return null
    const parentTable = transferredTables.find(({ name }) => name === parent.table)
    if (parentTable === undefined || !this.source.has(parentTable)) return new Set()
    const keys = new Set<unknown>()
    for (const row of this.source.rows(parentTable)) keys.add(row[parentTable.key])
    return keys
  }

  /** False for a row that cannot be carried; a reference to nothing is cleared where that is allowed. */
  private hasParent(row: ConvertedRow, parents: ReadonlySet<unknown> | null): boolean {
    const { parent } = this.table
    if (parent === undefined || parents === null) return true
    const key = row[parent.column]
    if (key === null || parents.has(key)) return true
    if (!parent.isOptional) {
      this.counts.leftOut++
      return false
    }
    row[parent.column] = null
    this.counts.orphaned++
    return true
  }

  private async take(batch: readonly ConvertedRow[]): Promise<void> {
    if (batch.length === 0) return
    for (const row of batch) this.before.add(row, this.columns)
    if (this.options.dryRun === true) return
    await asTenant(this.target, SERVICE, async (transaction) => {
      const known = await this.rowsThere(transaction, batch)
      const missing = batch.filter((row) => !known.has(String(row[this.table.key])))
      await this.write(transaction, missing)
      this.counts.alreadyThere += batch.length - missing.length
      this.counts.written += missing.length
      for (const row of (await this.rowsThere(transaction, batch)).values()) this.after.add(row, this.columns)
    })
  }

  private async write(transaction: Transaction<Database>, rows: readonly ConvertedRow[]): Promise<void> {
    if (rows.length === 0) return
    try {
      // approved_by points within the table: it follows once all users of the batch are there
      const approvals = rows.filter(({ approved_by: approver }) => approver !== null && approver !== undefined)
      const plain = rows.map((row) => ('approved_by' in row ? { ...row, approved_by: null } : row))
      await transaction
        .insertInto(this.table.name as 'users')
        .values(plain as never)
        .execute()
      for (const { id, approved_by } of approvals)
        await transaction
          .updateTable('users')
          .set({ approved_by: approved_by as string })
          .where('id', '=', id as string)
          .execute()
      if (this.table.isSerial === true) await this.raiseSequence(transaction)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new ServiceError('TRANSFER_FAILED', `${this.table.name}: ${reason}`, {
        cause,
        hint: 'this batch was rolled back; correct the old database and run the same command again',
      })
    }
  }

  /** Ids that the target gives itself must lie above those carried. */
  private async raiseSequence(transaction: Transaction<Database>): Promise<void> {
    const { name, key } = this.table
    await sql`select setval(pg_get_serial_sequence(${name}, ${key}), greatest((select max(${sql.ref(key)}) from ${sql.table(name)}), 1))`.execute(
      transaction,
    )
  }

  private async rowsThere(
    transaction: Transaction<Database>,
    batch: readonly ConvertedRow[],
  ): Promise<Map<string, ConvertedRow>> {
    const { name, key } = this.table
    const keys = batch.map((row) => row[key])
    const rows = (await transaction
      .selectFrom(name as 'users')
      .select(this.columns as never)
      .where(key as 'id', 'in', keys as string[])
      .execute()) as unknown as ConvertedRow[]
    return new Map(rows.map((row) => [String(row[key]), row]))
  }

  private report(): TableReport {
    const { table, counts, options } = this
    const sourceChecksum = this.before.text
    const targetChecksum = options.dryRun === true ? null : this.after.text
    if (targetChecksum !== null && targetChecksum !== sourceChecksum) {
      throw new ServiceError('TRANSFER_FAILED', `${table.name}: what was read back differs from what was sent`, {
        hint: 'rows with these ids were changed in the new database since; carry into an empty one, or delete them there',
      })
    }
    return { table: table.name, ...counts, sourceChecksum, targetChecksum }
  }
}
