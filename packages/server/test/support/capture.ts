import { sample } from './test-service.ts'

const HEADER_BYTES = 24
const RECORD_BYTES = 16

/** A capture of at least so many bytes: one small capture again and again, each time a minute later. */
export function largeCapture(leastBytes: number, seed = 0): Buffer {
  const small = sample('slow-dns.pcap')
  const header = small.subarray(0, HEADER_BYTES)
  const frames = small.subarray(HEADER_BYTES)
  const rounds = Math.max(1, Math.ceil((leastBytes - HEADER_BYTES) / frames.length))
  const parts = [header]
  for (let round = 0; round < rounds; round++) {
    const copy = Buffer.from(frames)
    for (let at = 0; at < copy.length; at += RECORD_BYTES + copy.readUInt32LE(at + 8))
      copy.writeUInt32LE(copy.readUInt32LE(at) + 60 * round + seed, at)
    parts.push(copy)
  }
  return Buffer.concat(parts)
}
