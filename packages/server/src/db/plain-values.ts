import type {
  KyselyPlugin,
  PluginTransformQueryArgs,
  PluginTransformResultArgs,
  QueryResult,
  RootOperationNode,
  UnknownRow,
} from 'kysely'
import { booleanColumns, longColumns } from './schema.ts'

const DIGITS = /^-?\d{1,15}$/

/** Makes rows of both databases alike: times as ISO text, booleans, long integers as numbers. */
export class PlainValues implements KyselyPlugin {
  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    return node
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return { ...result, rows: result.rows.map(plainRow) }
  }
}

function plainRow(row: UnknownRow): UnknownRow {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plainValue(column, value)]))
}

function plainValue(column: string, value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'number' && booleanColumns.has(column)) return value !== 0
  if (typeof value === 'string' && longColumns.has(column) && DIGITS.test(value)) return Number(value)
  return value
}
