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

/** One array of all parts, in order. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
