import { readVarint, VARINT_CUT } from './varint.ts'

const PADDING = 0x00
const PING = 0x01
const ACK = 0x02
const ACK_ECN = 0x03
const CRYPTO = 0x06

/** Receives the content of a CRYPTO frame, `[start, end)` of `bytes`, which belongs at `offset` of the stream. */
export type TakeCrypto = (offset: number, bytes: Uint8Array, start: number, end: number) => void

/**
 * Calls back for the CRYPTO frames of a decrypted Initial packet, passing over PADDING, PING and ACK (RFC 9000 §17.2.2, §19.6).
 * Stops at anything else, a CONNECTION_CLOSE or a frame that is cut.
 */
export function readCryptoFrames(bytes: Uint8Array, take: TakeCrypto): void {
  const end = bytes.length
  let position = 0
  while (position < end) {
    const type = bytes[position++]
    if (type === PADDING || type === PING) continue
    if (type === ACK || type === ACK_ECN) position = skipAck(bytes, position, end, type === ACK_ECN)
    else if (type === CRYPTO) position = readCrypto(bytes, position, end, take)
    else return
    if (position < 0) return
  }
}

function readCrypto(bytes: Uint8Array, start: number, end: number, take: TakeCrypto): number {
  const offset = readVarint(bytes, start, end)
  if (offset === VARINT_CUT) return -1
  const lengthStart = skipVarint(bytes, start)
  const length = readVarint(bytes, lengthStart, end)
  if (length === VARINT_CUT) return -1
  const dataStart = skipVarint(bytes, lengthStart)
  if (length > end - dataStart) return -1
  take(offset, bytes, dataStart, dataStart + length)
  return dataStart + length
}

/** Largest acknowledged, delay, count of ranges, first range, then two numbers a range and three ECN counts (RFC 9000 §19.3). */
function skipAck(bytes: Uint8Array, start: number, end: number, hasEcn: boolean): number {
  let position = start
  let left = 4
  for (let i = 0; i < left; i++) {
    const value = readVarint(bytes, position, end)
    if (value === VARINT_CUT) return -1
    if (i === 2) left += 2 * Math.min(value, end) + (hasEcn ? 3 : 0)
    position = skipVarint(bytes, position)
  }
  return position
}

function skipVarint(bytes: Uint8Array, start: number): number {
  return start + (1 << (bytes[start] >>> 6))
}
