import {
  type Header,
  type RowData,
  type RowSelectionState,
  type SortingState,
  type Table,
  type Updater,
  useTable,
} from '@tanstack/preact-table'
import type { ComponentChildren } from 'preact'
import { Scroller } from '../parts/scroller.tsx'
import { useShowing } from '../session/showing.tsx'
import { tableWords } from '../words/table.ts'
import { ColumnMenu } from './column-menu.tsx'
import { type Column, features } from './features.ts'
import { useKeptColumns } from './kept-columns.ts'

/** Sorted by whoever brings the rows. */
interface Sorting {
  readonly by: string
  readonly isDescending: boolean
  readonly onSort: (by: string, isDescending: boolean) => void
}

interface Selection<Row> {
  readonly chosen: RowSelectionState
  readonly onChoose: (update: Updater<RowSelectionState>) => void
  readonly mayChoose: (row: Row) => boolean
  readonly nameOf: (row: Row) => string
}

interface DataTableProps<Row extends RowData> {
  /** Under which the columns that are shown are remembered; null for small tables, which show all. */
  readonly name: string | null
  readonly label: string
  readonly columns: Column<Row>[]
  readonly rows: readonly Row[]
  readonly idOf: (row: Row) => string
  /** Left out where the table has all rows, and sorts them itself. */
  readonly sorting?: Sorting
  readonly selection?: Selection<Row>
}

/** A table with heads that sort, rows that are chosen, and columns that are shown or not. */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { name, label, columns, rows, idOf, sorting, selection } = props
  const { language } = useShowing()
  const words = tableWords[language]
  const [columnVisibility, setColumnVisibility] = useKeptColumns(name ?? 'all')
  const table = useTable({
    features,
    columns,
    data: rows as Row[],
    getRowId: idOf,
    enableSortingRemoval: false,
    state: {
      columnVisibility,
      ...(sorting !== undefined && { sorting: [{ id: sorting.by, desc: sorting.isDescending }] }),
      ...(selection !== undefined && { rowSelection: selection.chosen }),
    },
    onColumnVisibilityChange: setColumnVisibility,
    enableRowSelection: (row) => selection?.mayChoose(row.original) ?? false,
    onRowSelectionChange: (update) => selection?.onChoose(update),
    manualSorting: sorting !== undefined,
    ...(sorting !== undefined && {
      onSortingChange: (update: SortingState | ((before: SortingState) => SortingState)) => {
        const before = [{ id: sorting.by, desc: sorting.isDescending }]
        const [next] = typeof update === 'function' ? update(before) : update
        if (next !== undefined) sorting.onSort(next.id, next.desc)
      },
    }),
  }) as unknown as Table<typeof features, Row>
  return (
    <>
      {name !== null && <ColumnMenu columns={table.getAllLeafColumns()} />}
      <Scroller label={label}>
        <table>
          <thead>
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id}>
                {selection !== undefined && (
                  <th scope="col">
                    <input
                      type="checkbox"
                      aria-label={words('selectAll')}
                      checked={table.getIsAllRowsSelected()}
                      indeterminate={table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected()}
                      onChange={() => table.toggleAllRowsSelected(!table.getIsAllRowsSelected())}
                    />
                  </th>
                )}
                {group.headers.map((header) => (
                  <Head key={header.id} header={header} />
                ))}
              </tr>
            ))}
          </thead>
          <tbody>
            {table.getRowModel().rows.map((row) => (
              <tr key={row.id} aria-selected={selection === undefined ? undefined : row.getIsSelected()}>
                {selection !== undefined && (
                  <td>
                    {row.getCanSelect() && (
                      <input
                        type="checkbox"
                        aria-label={words('select', { name: selection.nameOf(row.original) })}
                        checked={row.getIsSelected()}
                        onChange={() => row.toggleSelected()}
                      />
                    )}
                  </td>
                )}
                {row.getVisibleCells().map((cell) => {
                  const { cell: draw, meta } = cell.column.columnDef
                  // called rather than mounted: what is drawn keeps its focus when the columns are made anew
                  const drawn = (typeof draw === 'function' ? draw(cell.getContext()) : draw) as ComponentChildren
                  return meta?.isRowHead === true ? (
                    <th key={cell.id} scope="row">
                      {drawn}
                    </th>
                  ) : (
                    <td key={cell.id} class={meta?.isNumber === true ? 'number' : meta?.isUnbroken ? 'nowrap' : ''}>
                      {drawn}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </>
  )
}

/** The head of a column; a button where rows can be sorted by it. */
function Head<Row extends RowData>({ header }: { header: Header<typeof features, Row> }) {
  const { language } = useShowing()
  const { column } = header
  const word = String(column.columnDef.header ?? '')
  const numberClass = column.columnDef.meta?.isNumber === true ? 'number' : ''
  if (!column.getCanSort()) {
    return (
      <th scope="col" class={numberClass}>
        {word}
      </th>
    )
  }
  const sorted = column.getIsSorted()
  return (
    <th
      scope="col"
      class={numberClass}
      aria-sort={sorted === false ? 'none' : sorted === 'asc' ? 'ascending' : 'descending'}
    >
      <button
        type="button"
        class="sort"
        aria-label={tableWords[language]('sortBy', { column: word })}
        onClick={() => column.toggleSorting()}
      >
        {word}
      </button>
    </th>
  )
}
