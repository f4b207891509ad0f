import type { Table, Unit, Value } from '@pcap-analyzer/engine'
import type { Context } from '../context.ts'
import { h, newId } from '../dom.ts'
import { copyButton } from './copy-button.ts'

const SHOWN_ROWS = 25
/** From so many rows on it is worth filtering them. */
const FILTERED_ROWS = 8
const textual: readonly Unit[] = ['address', 'protocol', 'text', 'filter', 'time']

/** A table that sorts by its heads and filters by what is typed; says how many rows of how many there are. */
export function dataTable(context: Context, table: Table): HTMLElement {
  const { words, label } = context
  const title = h('h4', {}, label(table.title))
  if (table.rows.length === 0) return h('div', { class: 'table' }, title, h('p', { class: 'quiet' }, words.emptyTable))
  const view = new TableView(context, table)
  return h(
    'div',
    { class: 'table' },
    h('div', { class: 'table-head' }, title, view.count, view.search),
    view.scroller,
    view.more,
  )
}

/** The rows on show, by the order, filter and length that were chosen. */
class TableView {
  readonly count = h('span', { class: 'quiet table-count', role: 'status' })
  readonly search: HTMLElement | null
  readonly scroller: HTMLElement
  readonly more: HTMLElement
  private readonly body = h('tbody')
  private readonly heads: HTMLElement[] = []
  private readonly context: Context
  private readonly table: Table
  private sortedBy: number | null = null
  private isDescending = false
  private wanted = ''
  private isWhole = false

  constructor(context: Context, table: Table) {
    this.context = context
    this.table = table
    const { words, label } = context
    const head = table.columns.map((column, i) => {
      const button = h('button', { type: 'button', class: 'sort', click: () => this.sortBy(i) }, label(column.label))
      const cell = h('th', { scope: 'col', class: alignment(column.unit), 'aria-sort': 'none' }, button)
      this.heads.push(cell)
      return cell
    })
    const whole = h('table', {}, h('thead', {}, h('tr', {}, ...head)), this.body)
    const scroller = { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': label(table.title) }
    this.scroller = h('div', scroller, whole)
    this.search = table.rows.length < FILTERED_ROWS ? null : this.searchField()
    const show = h(
      'button',
      { type: 'button', class: 'more', click: () => this.showAll() },
      words.showAll(String(table.rows.length)),
    )
    this.more = h('div', { class: 'more-holder' }, table.rows.length > SHOWN_ROWS ? show : null)
    const first = context.host.tableView?.(table.key) ?? null
    if (first !== null) {
      this.sortedBy = first.sortedBy !== null && first.sortedBy < table.columns.length ? first.sortedBy : null
      this.isDescending = first.isDescending
      this.wanted = this.search === null ? '' : first.wanted.toLowerCase()
      this.isWhole = first.isWhole
      this.search?.querySelector('input')?.setAttribute('value', this.wanted)
    }
    this.draw()
  }

  private searchField(): HTMLElement {
    const { words, label } = this.context
    const id = newId('rows')
    const field = h('input', { type: 'search', id, placeholder: words.filterRows })
    field.addEventListener('input', () => {
      this.wanted = field.value.toLowerCase()
      this.changed()
    })
    const name = h('label', { for: id, class: 'visually-hidden' }, `${words.filterRows}: ${label(this.table.title)}`)
    return h('span', { class: 'search' }, name, field)
  }

  private sortBy(column: number): void {
    this.isDescending =
      this.sortedBy === column ? !this.isDescending : !textual.includes(this.table.columns[column].unit)
    this.sortedBy = column
    this.changed()
  }

  private showAll(): void {
    this.isWhole = true
    this.changed()
  }

  private changed(): void {
    const { sortedBy, isDescending, wanted, isWhole } = this
    this.context.host.onTableView?.(this.table.key, { sortedBy, isDescending, wanted, isWhole })
    this.draw()
  }

  private draw(): void {
    const { columns, rows, total } = this.table
    const { words, value } = this.context
    const shown = rows.map((row) => ({ row, texts: row.map((one, i) => value(one, columns[i].unit)) }))
    const found =
      this.wanted === ''
        ? shown
        : shown.filter(({ texts }) => texts.some((text) => text.toLowerCase().includes(this.wanted)))
    const { sortedBy } = this
    if (sortedBy !== null) {
      const sign = this.isDescending ? -1 : 1
      found.sort((a, b) => sign * order(a.row[sortedBy], b.row[sortedBy]))
    }
    const drawn = this.isWhole || this.wanted !== '' ? found : found.slice(0, SHOWN_ROWS)
    this.body.replaceChildren(...drawn.map(({ row, texts }) => this.row(row, texts)))
    if (drawn.length === 0)
      this.body.append(h('tr', {}, h('td', { colspan: columns.length, class: 'quiet' }, words.noMatch)))
    this.count.textContent = words.rowsOf(value(drawn.length, 'count'), value(total, 'count'))
    this.more.hidden = this.isWhole || rows.length <= SHOWN_ROWS
    for (const [i, head] of this.heads.entries()) {
      head.setAttribute('aria-sort', i !== sortedBy ? 'none' : this.isDescending ? 'descending' : 'ascending')
    }
  }

  private row(row: readonly Value[], texts: readonly string[]): HTMLElement {
    const cells = this.table.columns.map(({ unit }, i) => {
      const copy = unit === 'filter' && typeof row[i] === 'string' ? copyButton(this.context, row[i], texts[i]) : null
      return h('td', { class: alignment(unit) }, texts[i], copy)
    })
    return h('tr', {}, ...cells)
  }
}

function alignment(unit: Unit): string {
  if (unit === 'address' || unit === 'filter') return 'code'
  return textual.includes(unit) ? 'words' : 'number'
}

function order(a: Value, b: Value): number {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a).localeCompare(String(b), 'en', { numeric: true })
}
