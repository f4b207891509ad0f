import { asciiText } from '../text/ascii-text.ts'

const REPLACEMENT = '\ufffd'
const NAMED_ESCAPES = new Map([
  [7, '\\a'],
  [8, '\\b'],
  [9, '\\t'],
  [10, '\\n'],
  [11, '\\v'],
  [12, '\\f'],
  [13, '\\r'],
])
const NOT_PRINTABLE = /[\p{Cc}\p{Cf}\p{Cn}\p{Cs}]/u

/** Texts up to this length are remembered: names, versions and user agents occur again and again, and finding costs less than making. */
const LONGEST_REMEMBERED = 128
const REMEMBERED_BITS = 11
/** By the hash of the bytes: the text, its bytes and their count. Comparing bytes with bytes leaves the text alone. */
const texts: string[] = new Array(1 << REMEMBERED_BITS).fill('')
const bytesOfTexts = new Uint8Array(LONGEST_REMEMBERED << REMEMBERED_BITS)
const lengthsOfTexts = new Uint8Array(1 << REMEMBERED_BITS)

/**
 * Captured bytes as one line of text, as tshark 4.0 prints them: printable UTF-8 as it is, control characters as `\n` or `\001`,
 * other invisible characters as `\u200B`, and bytes that are no UTF-8 as U+FFFD. Costs one string, or none where the same short bytes
 * were asked for a while ago.
 */
export function displayText(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start
  if (length <= 0) return ''
  if (length > LONGEST_REMEMBERED) return makeText(bytes, start, end)
  // shifts alone: a multiplication for every byte is a call until the last tier of optimisation
  let hash = length
  for (let at = start; at < end; at++) hash = ((hash << 5) | (hash >>> 27)) ^ bytes[at]!
  const slot = Math.imul(hash, 0x9e3779b1) >>> (32 - REMEMBERED_BITS)
  const own = slot * LONGEST_REMEMBERED
  if (lengthsOfTexts[slot] !== length || !isSame(bytesOfTexts, own, bytes, start, length)) {
    texts[slot] = makeText(bytes, start, end)
    for (let i = 0; i < length; i++) bytesOfTexts[own + i] = bytes[start + i]!
    lengthsOfTexts[slot] = length
  }
  return texts[slot]!
}

function isSame(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[aStart + i] !== b[bStart + i]) return false
  return true
}

function makeText(bytes: Uint8Array, start: number, end: number): string {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byte < 0x20 || byte > 0x7e) return escapedText(bytes, start, end)
  }
  return asciiText(bytes, start, end)
}

function escapedText(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  let at = start
  while (at < end) {
    const byte = bytes[at]!
    if (byte < 0x80) {
      text += asciiCharacter(byte)
      at += 1
      continue
    }
    const size = sequenceSize(byte)
    let code = size === 1 ? -1 : byte & (0x7f >> size)
    let next = at + 1
    while (next < at + size && next < end && (bytes[next]! & 0xc0) === 0x80) {
      code = (code << 6) | (bytes[next]! & 0x3f)
      next += 1
    }
    const isWhole = size > 1 && next === at + size
    text += isWhole ? wideCharacter(code) : REPLACEMENT
    at = next
  }
  return text
}

function asciiCharacter(byte: number): string {
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte)
  return NAMED_ESCAPES.get(byte) ?? `\\${byte.toString(8).padStart(3, '0')}`
}

/** Bytes that a UTF-8 sequence beginning so wants; 1 for a byte that begins none. */
function sequenceSize(first: number): number {
  if (first >= 0xfc) return first >= 0xfe ? 1 : 6
  if (first >= 0xf8) return 5
  if (first >= 0xf0) return 4
  if (first >= 0xe0) return 3
  return first >= 0xc0 ? 2 : 1
}

function wideCharacter(code: number): string {
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return REPLACEMENT
  const character = String.fromCodePoint(code)
  if (!NOT_PRINTABLE.test(character)) return character
  const hex = code.toString(16).toUpperCase()
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`
}
