/** One packet to be written into a capture file. */
export interface CaptureRecord {
  /** Time since 1970 in whole seconds. */
  seconds: number
  /** Rest of the time in ns, 0 … 999 999 999. */
  nanoseconds: number
  bytes: Uint8Array
  /** Length on the wire; that of `bytes` when left out. */
  wireLength?: number
  /** Index of the interface, 0 when left out; classic pcap has only one. */
  interfaceIndex?: number
  /** Written by pcapng only. */
  comment?: string
}
