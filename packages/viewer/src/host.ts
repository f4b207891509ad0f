import type { Finding } from '@pcap-analyzer/engine'
import type { Showing } from './context.ts'

/** A stretch of the capture in seconds since its first frame. */
export type Stretch = readonly [startS: number, endS: number]

/** How a table is shown, beyond its rows as they are. */
export interface TableView {
  /** Number of a column. */
  readonly sortedBy: number | null
  readonly isDescending: boolean
  /** Text that rows must hold. */
  readonly wanted: string
  /** Whether all rows are shown, not only the first. */
  readonly isWhole: boolean
}

/** What a page around the report adds to it; the offline file adds nothing. */
export interface Host {
  /** Told how the report is shown, at first and after each change. */
  onShowing?(showing: Showing): void
  /** Address of the packets that pass a filter. */
  packetsAddress?(filter: string): string
  /** Address of one packet. */
  packetAddress?(frame: number): string
  /** What stands below a finding. */
  belowFinding?(finding: Finding, number: number): HTMLElement | null
  /** The stretch of the traffic chart that is on show at first; null for all of it. */
  readonly zoom?: Stretch | null
  onZoom?(zoom: Stretch | null): void
  /** How the table with this key is shown at first; null for its rows as they are. */
  tableView?(key: string): TableView | null
  onTableView?(key: string, view: TableView): void
}

/** A report on show. */
export interface ShownReport {
  /** Shows it in another language or time zone. */
  change(showing: Partial<Showing>): void
  /** Takes it off the page, with all that listens for it. */
  dispose(): void
}
