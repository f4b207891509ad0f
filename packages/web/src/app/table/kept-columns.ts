import type { ColumnVisibilityState } from '@tanstack/preact-table'
import { useState } from 'preact/hooks'

type Update = ColumnVisibilityState | ((before: ColumnVisibilityState) => ColumnVisibilityState)

/** Which columns of a table are shown, as this browser remembers it. */
export function useKeptColumns(table: string) {
  const key = `pcap-analyzer.columns.${table}`
  const [shown, setShown] = useState<ColumnVisibilityState>(() => stored(key))
  const change = (update: Update) => {
    const next = typeof update === 'function' ? update(shown) : update
    localStorage.setItem(key, JSON.stringify(next))
    setShown(next)
  }
  return [shown, change] as const
}

function stored(key: string): ColumnVisibilityState {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? '{}')
    return typeof found === 'object' && found !== null ? (found as ColumnVisibilityState) : {}
  } catch {
    return {}
  }
}
