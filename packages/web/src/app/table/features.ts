import {
  type ColumnDef,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  createSortedRowModel,
  type RowData,
  rowSelectionFeature,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
} from '@tanstack/preact-table'

/** How a column looks. */
export interface ColumnLook {
  readonly isNumber?: boolean
  /** Names its row. */
  readonly isRowHead?: boolean
  readonly isUnbroken?: boolean
}

/** What the tables of these pages can do, and nothing else, so that nothing else is loaded. */
export const features = tableFeatures({
  rowSortingFeature,
  rowSelectionFeature,
  columnVisibilityFeature,
  columnSizingFeature,
  columnResizingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
  columnMeta: {} as ColumnLook,
})

// biome-ignore lint/suspicious/noExplicitAny: columns of one table hold values of many types
export type Column<Row extends RowData> = ColumnDef<typeof features, Row, any>
