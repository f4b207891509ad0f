import { createColumnHelper, type SortingState, useTable } from '@tanstack/preact-table'
import { useMemo } from 'preact/hooks'
import { useShowing } from '../session/showing.tsx'
import { features, type Column as TableColumn } from '../table/features.ts'
import { useKeptColumns } from '../table/kept-columns.ts'
import { packetWords } from '../words/packets.ts'
import { columns, type PacketColumn, type PacketRow } from './answers.ts'
import type { PacketPlace } from './packet-place.ts'

/** Widths before somebody changes them, in pixels; what is left goes to the last. */
const widthsPx = { number: 88, time: 120, source: 176, destination: 176, protocol: 96, length: 88, info: 360 } as const
const LEAST_PX = 48
const GAP_PX = 10
const NO_ROWS: PacketRow[] = []
const { accessor } = createColumnHelper<typeof features, PacketRow>()

/** The columns of the list of packets: their order, widths, and which are shown. Rows come by themselves, as they come into sight. */
export function usePacketTable(
  { sort, isDescending }: PacketPlace,
  onSort: (by: PacketColumn, isDescending: boolean) => void,
) {
  const { language } = useShowing()
  const words = packetWords[language]
  const [columnVisibility, setColumnVisibility] = useKeptColumns('packets')
  const defined = useMemo(
    (): TableColumn<PacketRow>[] =>
      columns.map((id, i) =>
        accessor((row) => row[i], {
          id,
          header: words(`columns.${id}`),
          size: widthsPx[id],
          minSize: LEAST_PX,
          enableHiding: id !== 'number',
          meta: { isNumber: id === 'number' || id === 'time' || id === 'length' },
        }),
      ),
    [language],
  )
  const sorting = [{ id: sort, desc: isDescending }]
  const table = useTable({
    features,
    columns: defined,
    data: NO_ROWS,
    manualSorting: true,
    enableSortingRemoval: false,
    sortDescFirst: false,
    columnResizeMode: 'onChange',
    state: { columnVisibility, sorting },
    onColumnVisibilityChange: setColumnVisibility,
    onSortingChange: (update: SortingState | ((before: SortingState) => SortingState)) => {
      const [next] = typeof update === 'function' ? update(sorting) : update
      if (next !== undefined) onSort(next.id as PacketColumn, next.desc)
    },
  })
  const shown = table.getVisibleLeafColumns()
  const widths = shown.map((column) => column.getSize())
  return {
    all: table.getAllLeafColumns(),
    headers: table.getHeaderGroups()[0]?.headers ?? [],
    shown: shown.map(({ id }) => id as PacketColumn),
    /** For the grid of every row; the last column takes what is left. */
    template: widths.map((px, i) => (i === widths.length - 1 ? `minmax(${px}px, 1fr)` : `${px}px`)).join(' '),
    leastPx: widths.reduce((sum, px) => sum + px + GAP_PX, 2 * GAP_PX),
    widen: (id: string, byPx: number) =>
      table.setColumnSizing((before) => {
        const now = table.getColumn(id)?.getSize() ?? LEAST_PX
        return { ...before, [id]: Math.max(LEAST_PX, now + byPx) }
      }),
  }
}
