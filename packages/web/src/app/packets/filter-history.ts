const KEY = 'pcap-analyzer.filters'
const MOST = 12

/** Filters that were applied in this browser, newest first. */
export function earlierFilters(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string').slice(0, MOST) : []
  } catch {
    return []
  }
}

export function rememberFilter(filter: string): void {
  const others = earlierFilters().filter((one) => one !== filter)
  localStorage.setItem(KEY, JSON.stringify([filter, ...others].slice(0, MOST)))
}
