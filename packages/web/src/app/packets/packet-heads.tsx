import { useShowing } from '../session/showing.tsx'
import { tableWords } from '../words/table.ts'
import type { usePacketTable } from './use-packet-table.ts'

const STEP_PX = 16

/** The heads of the list: buttons that sort, and between them handles that make columns wider, by hand or by the arrows. */
export function PacketHeads({ table }: { table: ReturnType<typeof usePacketTable> }) {
  const { language } = useShowing()
  const words = tableWords[language]
  return (
    <div class="packet-heads" role="row" aria-rowindex={1}>
      {table.headers.map((header) => {
        const { column } = header
        const word = String(column.columnDef.header)
        const sorted = column.getIsSorted()
        return (
          <div
            key={column.id}
            role="columnheader"
            class={column.columnDef.meta?.isNumber === true ? 'number' : ''}
            aria-sort={sorted === false ? 'none' : sorted === 'asc' ? 'ascending' : 'descending'}
          >
            <button type="button" onClick={() => column.toggleSorting()}>
              {word}
              <span aria-hidden="true">{sorted === false ? '' : sorted === 'asc' ? ' ↑' : ' ↓'}</span>
            </button>
            <span
              role="separator"
              class="resize"
              tabIndex={0}
              aria-orientation="vertical"
              aria-label={words('resize', { column: word })}
              aria-valuenow={column.getSize()}
              onMouseDown={header.getResizeHandler()}
              onTouchStart={header.getResizeHandler()}
              onKeyDown={(event) => {
                const step = { ArrowLeft: -STEP_PX, ArrowRight: STEP_PX }[event.key]
                if (step === undefined) return
                event.preventDefault()
                event.stopPropagation()
                table.widen(column.id, step)
              }}
            />
          </div>
        )
      })}
    </div>
  )
}
