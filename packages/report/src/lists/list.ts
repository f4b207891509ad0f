import type { Column, Value } from '@pcap-analyzer/engine'
import type { Events, Flow, Observations, Segment } from '@pcap-analyzer/engine/observe'

/** What a list may ask while a capture is read. */
export interface ListContext {
  /** Adds a row; one value a column. */
  take(row: readonly Value[]): void
  /** A borrowed flow; see engine's Flow. */
  flow(index: number): Flow
  /** The segment or datagram told last, and what the core noted of connections; not to be asked before the first. */
  readonly current: Segment
  readonly observations: Observations
  /** Seconds since 1970 with nine decimals. */
  time(timeNs: number): string | null
}

/** A complete list of something in a capture; what the report only shows the top of. */
export interface ListDefinition {
  /** Name of its file without the ending. */
  readonly id: string
  /** One sentence for the reference. */
  readonly description: string
  readonly columns: readonly Column[]
  create(context: ListContext): Partial<Events>
}

/** Ends of a flow as four values: initiator, its port, responder, its port. */
export function endsOf(flow: Flow): Value[] {
  const { initiator } = flow
  return [flow.address(initiator), flow.port(initiator), flow.address(initiator ^ 1), flow.port(initiator ^ 1)]
}

/** The columns of {@link endsOf}. */
export const endColumns: readonly Column[] = [
  { key: 'initiator', label: 'Initiator', unit: 'address' },
  { key: 'initiatorPort', label: 'Initiator port', unit: 'port' },
  { key: 'responder', label: 'Responder', unit: 'address' },
  { key: 'responderPort', label: 'Responder port', unit: 'port' },
]
