import type { Column, Unit, Value } from '@pcap-analyzer/engine'
import { ByteWriter, type ColumnSource, ParquetWriter, type SchemaElement } from 'hyparquet-writer'

const ROWS_A_GROUP = 50_000
const NS_A_MICROSECOND = 1000n

type Kind = 'integer' | 'number' | 'text' | 'time'

const kinds: Readonly<Record<Unit, Kind>> = {
  count: 'number',
  bytes: 'integer',
  ns: 'integer',
  ratio: 'number',
  bitsPerSecond: 'number',
  packetsPerSecond: 'number',
  address: 'text',
  port: 'integer',
  frame: 'integer',
  stream: 'integer',
  protocol: 'text',
  text: 'text',
  filter: 'text',
  time: 'time',
}

/**
 * One table as a Parquet file (docs/reference/exports.md): names are snake_case, integers INT64, times TIMESTAMP in microseconds. Rows are buffered to groups of 50 000; the file is held in memory, compressed with Snappy.
 */
export class ParquetTable {
  private readonly writer = new ByteWriter()
  private readonly parquet: ParquetWriter
  private readonly columns: readonly Column[]
  private rows: (readonly Value[])[] = []

  constructor(columns: readonly Column[]) {
    this.columns = columns
    const schema: SchemaElement[] = [
      { name: 'root', num_children: columns.length },
      ...columns.map((column) => schemaOf(column)),
    ]
    this.parquet = new ParquetWriter({ writer: this.writer, schema, createdBy: 'pcap-analyzer' })
  }

  add(row: readonly Value[]): void {
    this.rows.push(row)
    if (this.rows.length >= ROWS_A_GROUP) this.flush()
  }

  /** The whole file; call it once. */
  finish(): Uint8Array {
    if (this.rows.length > 0) this.flush()
    void this.parquet.finish() // the writer is in memory, so it is done when it returns
    return this.writer.getBytes()
  }

  private flush(): void {
    const columnData = this.columns.map((column, i): ColumnSource => {
      const convert = converters[kinds[column.unit]]
      return { name: snakeCase(column.key), data: this.rows.map((row) => (row[i] === null ? null : convert(row[i]))) }
    })
    void this.parquet.write({ columnData, rowGroupSize: ROWS_A_GROUP })
    this.rows = []
  }
}

const converters: Readonly<Record<Kind, (value: NonNullable<Value>) => unknown>> = {
  integer: (value) => BigInt(Math.round(Number(value))),
  number: Number,
  text: String,
  time: (value) => microseconds(String(value)),
}

/** Seconds with nine decimals as microseconds. */
function microseconds(epoch: string): bigint {
  const [whole, decimals = ''] = epoch.replace('-', '').split('.')
  const ns = BigInt(whole) * 1_000_000_000n + BigInt(decimals.padEnd(9, '0'))
  return (epoch.startsWith('-') ? -ns : ns) / NS_A_MICROSECOND
}

function schemaOf({ key, unit }: Column): SchemaElement {
  const name = snakeCase(key)
  const repetition_type = 'OPTIONAL'
  switch (kinds[unit]) {
    case 'integer':
      return { name, type: 'INT64', repetition_type }
    case 'number':
      return { name, type: 'DOUBLE', repetition_type }
    case 'time':
      return { name, type: 'INT64', converted_type: 'TIMESTAMP_MICROS', repetition_type }
    case 'text':
      return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type }
  }
}

/** Parquet's type of a column, as the reference tells it. */
export function kindOf(unit: Unit): string {
  const names: Readonly<Record<Kind, string>> = {
    integer: 'INT64',
    number: 'DOUBLE',
    text: 'text',
    time: 'TIMESTAMP',
  }
  return names[kinds[unit]]
}

/** `firstTime` as `first_time`, as SQL likes it. */
export function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
