import { Xxh32 } from '../../packages/engine/src/capture/xxh32.ts'

const BLOCK_BYTES = 1 << 16
const LEAST_MATCH = 4
/** The last match must start this far before the end of a block (lz4 block format, end of block conditions). */
const MATCH_MARGIN = 12

/** An lz4 frame of independent blocks, some compressed and every third not, without checksums but that of its header. */
export function lz4Frame(bytes: Uint8Array): Uint8Array {
  const parts: number[] = [0x04, 0x22, 0x4d, 0x18]
  const descriptor = Uint8Array.of(0x60, 0x40)
  const hash = new Xxh32()
  hash.update(descriptor)
  parts.push(...descriptor, (hash.digest() >>> 8) & 0xff)
  for (let start = 0, block = 0; start < bytes.length; start += BLOCK_BYTES, block++) {
    const plain = bytes.subarray(start, start + BLOCK_BYTES)
    const packed = block % 3 === 2 ? null : compressBlock(plain)
    const isPacked = packed !== null && packed.length < plain.length
    const size = isPacked ? packed.length : plain.length
    parts.push(size & 0xff, (size >> 8) & 0xff, (size >> 16) & 0xff, isPacked ? 0 : 0x80)
    for (const byte of isPacked ? packed : plain) parts.push(byte)
  }
  parts.push(0, 0, 0, 0)
  return Uint8Array.from(parts)
}

function compressBlock(bytes: Uint8Array): number[] {
  const out: number[] = []
  const seen = new Map<number, number>()
  let literals = 0
  for (let at = 0; at + MATCH_MARGIN < bytes.length; ) {
    const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
    const match = seen.get(word)
    seen.set(word, at)
    if (match === undefined) {
      at++
      continue
    }
    let length = LEAST_MATCH
    while (at + length + 5 < bytes.length && bytes[match + length] === bytes[at + length]) length++
    sequence(out, bytes.subarray(literals, at), length, at - match)
    at += length
    literals = at
  }
  sequence(out, bytes.subarray(literals), 0, 0)
  return out
}

function sequence(out: number[], literals: Uint8Array, matchLength: number, distance: number): void {
  const match = matchLength - LEAST_MATCH
  out.push((Math.min(literals.length, 15) << 4) | Math.max(0, Math.min(match, 15)))
  extend(out, literals.length)
  for (const byte of literals) out.push(byte)
  if (matchLength === 0) return
  out.push(distance & 0xff, distance >> 8)
  extend(out, match)
}

function extend(out: number[], length: number): void {
  for (let rest = length - 15; rest >= 0; rest -= 255) out.push(Math.min(rest, 255))
}
