import { displayText } from './display-text.ts'

/** Longest name shown, in bytes of its text (RFC 1035 §3.1 less the length bytes at its ends). */
const MAX_NAME_TEXT = 253
const text = new Uint8Array(MAX_NAME_TEXT + 64)
let textLength = 0
let problem = ''

/**
 * Reads a domain name with compression (RFC 1035 §4.1.4) at `at` and returns the offset after it, or -1 if it runs past `end`
 * or has a label of an unknown kind where tshark gives up (first, or behind a pointer).
 * A pointer counts from `messageStart`. {@link lastDnsName} gives its text until the next call.
 */
export function readDnsName(bytes: Uint8Array, at: number, end: number, messageStart: number): number {
  textLength = 0
  problem = ''
  let next = -1
  let offset = at
  let examined = 0
  let isTooLong = false
  for (;;) {
    if (offset >= end || offset < messageStart) return -1
    const length = bytes[offset]!
    offset += 1
    if (length === 0) break
    if (length < 0x40) {
      if (offset + length > end) return -1
      isTooLong ||= !appendLabel(bytes, offset, length)
      offset += length
      examined += length + 1
    } else if (length >= 0xc0) {
      if (offset >= end) return -1
      if (next < 0) next = offset + 1
      examined += 2
      if (examined > end - messageStart) {
        problem = '<Name contains a pointer that loops>'
        return next
      }
      offset = messageStart + (((length & 0x3f) << 8) | bytes[offset]!)
    } else if (length === 0x41) {
      offset = appendBitLabel(bytes, offset, end)
      if (offset < 0) return -1
    } else if (length >= 0x80) {
      return -1
    } else {
      if (offset === at + 1 || next >= 0) return -1
      problem = '<Unknown extended label>'
      return offset
    }
  }
  if (isTooLong) problem = '<Name too long>'
  return next < 0 ? offset : next
}

/** The name read last, without the final dot: `www.example.com`, `<Root>`, or what is wrong with it in angle brackets. */
export function lastDnsName(): string {
  if (problem !== '') return problem
  return textLength === 0 ? '<Root>' : displayText(text, 0, textLength)
}

function appendLabel(bytes: Uint8Array, start: number, length: number): boolean {
  const dot = textLength === 0 ? 0 : 1
  if (textLength + dot + length > MAX_NAME_TEXT) return false
  if (dot === 1) {
    text[textLength] = 0x2e
    textLength += 1
  }
  for (let i = 0; i < length; i++) text[textLength + i] = bytes[start + i]!
  textLength += length
  return true
}

/** Bit-string labels (RFC 2673, withdrawn) are passed over; tshark shows only their first digit. */
function appendBitLabel(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1
  const bits = bytes[at] === 0 ? 256 : bytes[at]!
  const after = at + 1 + ((bits + 7) >> 3)
  return after > end ? -1 : after
}
