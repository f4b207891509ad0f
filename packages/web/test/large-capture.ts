const HEADER_BYTES = 24
const RECORD_HEADER_BYTES = 16

/** A classic pcap repeated until it is at least so large, each round later than the one before. */
export function repeated(capture: Buffer, leastBytes: number, roundSeconds: number): Buffer {
  const rounds = Math.ceil((leastBytes - HEADER_BYTES) / (capture.length - HEADER_BYTES))
  const parts = [capture.subarray(0, HEADER_BYTES)]
  for (let round = 0; round < rounds; round++) {
    const records = Buffer.from(capture.subarray(HEADER_BYTES))
    for (let at = 0; at + RECORD_HEADER_BYTES <= records.length; ) {
      records.writeUInt32LE(records.readUInt32LE(at) + round * roundSeconds, at)
      at += RECORD_HEADER_BYTES + records.readUInt32LE(at + 8)
    }
    parts.push(records)
  }
  return Buffer.concat(parts)
}
