/** A line of the dissection tree of a frame: what it says, and which bytes of the frame say it. */
export interface DetailNode {
  readonly label: string
  /** As text; null where the label says all. Captured text stands in it as it is. */
  readonly value: string | null
  /** A display filter that selects frames with this value; null where our filters have no such field. */
  readonly filter: string | null
  /** Where its bytes begin in the captured frame. */
  readonly start: number
  /** How many there are; 0 for what follows from other frames. */
  readonly length: number
  readonly children: readonly DetailNode[]
}

/** Which dissector reads on. */
export type LayerName =
  | 'ethernet'
  | 'ethertype'
  | 'linux-cooked'
  | 'linux-cooked-2'
  | 'null'
  | 'ip'
  | 'arp'
  | 'ip-protocol'
  | 'gre'
  | 'icmp'
  | 'icmpv6'
  | 'tcp'
  | 'udp'
  | 'payload'
  | 'data'

/** Where the next header begins and ends, and the number that named it. */
export interface NextLayer {
  readonly layer: LayerName
  readonly start: number
  readonly end: number
  /** EtherType, IP protocol, or `[source port, destination port]` of a payload. */
  readonly number?: number
  readonly ports?: readonly [source: number, destination: number]
  readonly transport?: 'tcp' | 'udp'
}

/** What a dissector made of its header; null when the bytes are not one. */
export interface Dissected {
  readonly node: DetailNode
  readonly next: NextLayer | null
}

/** Reads a header in `bytes` from `start`, never beyond `end`. */
export type Dissector = (bytes: Uint8Array, place: NextLayer) => Dissected | null

/** A field of a header. */
export function field(
  label: string,
  value: string | number | null,
  start: number,
  length: number,
  filter: string | null = null,
  children: readonly DetailNode[] = [],
): DetailNode {
  return { label, value: value === null ? null : String(value), filter, start, length, children }
}

/** A header with its fields. */
export function header(
  label: string,
  filter: string | null,
  start: number,
  length: number,
  children: readonly DetailNode[],
): DetailNode {
  return { label, value: null, filter, start, length, children }
}

/** Two bytes, most significant first. */
export function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1]
}

/** Four bytes, most significant first, as a positive number. */
export function longWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0
}

/** `0x` and as many digits as the field has. */
export function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`
}
