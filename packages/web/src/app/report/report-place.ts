import type { Stretch, TableView } from '@pcap-analyzer/viewer'

// The router need not know of any of this: nothing else of the page depends on it.

/** The stretch of the traffic chart that the address names. */
export function zoomInAddress(): Stretch | null {
  const [start, end] = (parameters().get('zoom') ?? '').split('-').map(Number)
  return start !== undefined && end !== undefined && end > start ? [start, end] : null
}

export function keepZoom(zoom: Stretch | null): void {
  change((query) => {
    if (zoom === null) query.delete('zoom')
    else query.set('zoom', zoom.map((seconds) => Math.max(0, seconds).toFixed(3)).join('-'))
  })
}

/** How a table is sorted and filtered, as `key:column:a:text`; `A` and `D` when all its rows are shown. */
export function tableInAddress(key: string): TableView | null {
  const found = parameters()
    .getAll('table')
    .find((one) => one.startsWith(`${key}:`))
  if (found === undefined) return null
  const [column = '', direction = 'a', ...wanted] = found.slice(key.length + 1).split(':')
  return {
    sortedBy: /^\d{1,3}$/.test(column) ? Number(column) : null,
    isDescending: direction.toLowerCase() === 'd',
    isWhole: direction === direction.toUpperCase(),
    wanted: wanted.join(':'),
  }
}

export function keepTable(key: string, { sortedBy, isDescending, isWhole, wanted }: TableView): void {
  const direction = isDescending ? 'd' : 'a'
  change((query) => {
    const others = query.getAll('table').filter((one) => !one.startsWith(`${key}:`))
    query.delete('table')
    for (const other of others) query.append('table', other)
    if (sortedBy === null && !isWhole && wanted === '') return
    query.append('table', `${key}:${sortedBy ?? ''}:${isWhole ? direction.toUpperCase() : direction}:${wanted}`)
  })
}

/** Opens the findings and sections that the address names, and has it name those that are opened from then on. */
export function keepOpen(root: HTMLElement): () => void {
  const parts = () => [...root.querySelectorAll<HTMLDetailsElement>('details.finding, details.analyzer')]
  const openIds = () =>
    parts()
      .filter(({ open }) => open)
      .map(({ id }) => id)
      .join(',')
  const atFirst = openIds()
  const asked = parameters().get('open')
  if (asked !== null) {
    const wanted = new Set(asked.split(','))
    for (const part of parts()) part.open = wanted.has(part.id)
  }
  const keep = () => {
    const ids = openIds()
    change((query) => (ids === atFirst ? query.delete('open') : query.set('open', ids)))
  }
  // it does not bubble
  root.addEventListener('toggle', keep, true)
  return () => root.removeEventListener('toggle', keep, true)
}

function parameters(): URLSearchParams {
  return new URLSearchParams(location.search)
}

function change(edit: (query: URLSearchParams) => void): void {
  const url = new URL(location.href)
  edit(url.searchParams)
  if (url.href !== location.href) history.replaceState(history.state, '', url)
}
