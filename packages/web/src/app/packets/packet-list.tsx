import type { ExpertLevel } from '@pcap-analyzer/engine/observe'
import { escapeUnseen } from '@pcap-analyzer/viewer'
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useShowing } from '../session/showing.tsx'
import { ColumnMenu } from '../table/column-menu.tsx'
import { packetWords } from '../words/packets.ts'
import type { PacketColumn, PacketRow } from './answers.ts'
import { PacketHeads } from './packet-heads.tsx'
import type { PacketPlace } from './packet-place.ts'
import { usePacketTable } from './use-packet-table.ts'
import type { Packets } from './use-packets.ts'

const ROW_PX = 26
/** The heads stay above the rows. */
const HEADS_PX = 32
const AHEAD = 20
const NS = 1e9
const marks = { chat: '·', note: 'i', warn: '!', error: '×' } as const

interface PacketListProps {
  readonly packets: Packets
  readonly place: PacketPlace
  readonly onSort: (column: PacketColumn, isDescending: boolean) => void
  readonly onPick: (frame: number) => void
}

/** The list of packets: only the rows in sight are there, so that their number is no matter. */
export function PacketList({ packets, place, onSort, onPick }: PacketListProps) {
  const { language } = useShowing()
  const words = packetWords[language]
  const scroller = useRef<HTMLDivElement>(null)
  const count = packets.counts?.listed ?? 0
  const virtual = useVirtualRows(scroller, count)
  const items = virtual?.getVirtualItems() ?? []
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0
  const [active, setActive] = useState(0)
  const table = usePacketTable(place, onSort)
  useEffect(() => packets.want(first, last), [first, last, count])
  useEffect(() => setActive(0), [place.filter, place.sort, place.isDescending])

  const move = (to: number) => {
    const index = Math.max(0, Math.min(count - 1, to))
    setActive(index)
    virtual?.scrollToIndex(index)
    const row = packets.row(index)
    if (row !== undefined) onPick(row[0])
  }
  const onKey = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? ROW_PX) / ROW_PX) - 1)
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: count - 1,
    }
    // the heads are buttons of their own
    const to = event.target === event.currentTarget ? steps[event.key] : undefined
    if (to === undefined || count === 0) return
    event.preventDefault()
    move(to)
  }
  return (
    <>
      <ColumnMenu columns={table.all} />
      <div
        ref={scroller}
        class="card packet-list"
        role="grid"
        tabIndex={0}
        aria-label={words('list')}
        aria-rowcount={count + 1}
        aria-colcount={table.shown.length}
        style={{ '--packet-columns': table.template, '--packet-width': `${table.leastPx}px` }}
        {...(count === 0 ? {} : { 'aria-activedescendant': `packet-${active}` })}
        onKeyDown={onKey}
      >
        <PacketHeads table={table} />
        <div class="packet-rows" role="rowgroup" style={{ height: `${virtual?.getTotalSize() ?? 0}px` }}>
          {items.map(({ index, start }) => {
            const row = packets.row(index)
            return (
              <div
                key={index}
                id={`packet-${index}`}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={row !== undefined && row[0] === place.frame}
                class={rowClass(row, index === active)}
                style={{ transform: `translateY(${start - HEADS_PX}px)` }}
                onClick={() => move(index)}
              >
                {row === undefined ? (
                  <div role="gridcell" class="waiting-cell" />
                ) : (
                  cells(row, table.shown, (level) => words(`levels.${level}`))
                )}
              </div>
            )
          })}
        </div>
      </div>
    </>
  )
}

function cells(row: PacketRow, shown: readonly PacketColumn[], nameOf: (level: ExpertLevel) => string) {
  const [number, timeNs, source, destination, protocol, bytes, info, level] = row
  const time = (timeNs / NS).toFixed(6)
  const texts = { number, time, source, destination, protocol, length: bytes, info: escapeUnseen(info) }
  return shown.map((column) => (
    <div key={column} role="gridcell" class={`column-${column}`} title={column === 'info' ? texts.info : undefined}>
      {column === 'info' && level !== null && (
        <span class="level-mark" role="img" aria-label={nameOf(level)} title={nameOf(level)}>
          {marks[level]}
        </span>
      )}
      {texts[column]}
    </div>
  ))
}

function rowClass(row: PacketRow | undefined, isActive: boolean): string {
  const level = row?.[7]
  return `packet-row${isActive ? ' packet-active' : ''}${level ? ` level-${level}` : ''}`
}

/** The rows in sight of an element that scrolls. */
function useVirtualRows(scroller: { current: HTMLDivElement | null }, count: number) {
  const [, setSeen] = useState(0)
  const [virtual, setVirtual] = useState<Virtualizer<HTMLDivElement, HTMLDivElement> | null>(null)
  const options = {
    count,
    estimateSize: () => ROW_PX,
    overscan: AHEAD,
    scrollMargin: HEADS_PX,
    scrollPaddingStart: HEADS_PX,
    getScrollElement: () => scroller.current,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => setSeen((seen) => seen + 1),
  }
  useEffect(() => {
    const made = new Virtualizer<HTMLDivElement, HTMLDivElement>(options)
    const leave = made._didMount()
    made._willUpdate()
    setVirtual(made)
    return leave
  }, [])
  if (virtual !== null) virtual.setOptions(options)
  useEffect(() => virtual?._willUpdate())
  return virtual
}
