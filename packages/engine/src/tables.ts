import type { Column, Table, Value } from './report.ts'

/** Rows that a table of an analyzer has at most, where nothing asks for another number. */
export const MOST_ROWS = 20

/** A column of a table, and its value in the row of an item. */
export interface ColumnOf<Item> extends Column {
  readonly value: (item: Item, index: number) => Value
}

interface Head {
  readonly key: string
  readonly title: string
  /** How many there are, where not all are shown. */
  readonly total?: number
}

/** A table with a row for each item that is shown. */
export function tableOf<Item>(
  { key, title, total }: Head,
  shown: readonly Item[],
  columns: readonly ColumnOf<Item>[],
): Table {
  return {
    key,
    title,
    columns: columns.map(({ value, ...column }) => column),
    rows: shown.map((item, index) => rowOf(columns, item, index)),
    total: total ?? shown.length,
  }
}

/** The values of an item, one a column. */
export function rowOf<Item>(columns: readonly ColumnOf<Item>[], item: Item, index = 0): Value[] {
  return columns.map(({ value }) => value(item, index))
}
