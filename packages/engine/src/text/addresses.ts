import { asciiText } from './ascii-text.ts'

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'))
const HEX_DIGITS = '0123456789abcdef'
const DOT = 0x2e
const ZERO = 0x30
const COLON = 0x3a
/** The text under way: joining strings piece by piece makes an object of every piece. */
const characters = new Uint8Array(39)

const REMEMBERED_BITS = 12
const rememberedWords = new Int32Array(1 << REMEMBERED_BITS)
const rememberedTexts = new Array<string>(1 << REMEMBERED_BITS).fill('0.0.0.0')

/** Dotted decimal of an IPv4 address in one integer. Addresses occur again and again, so the latest texts are remembered. */
export function ipv4Text(word: number): string {
  const slot = Math.imul(word, 0x9e3779b1) >>> (32 - REMEMBERED_BITS)
  if (rememberedWords[slot] !== (word | 0)) {
    rememberedWords[slot] = word
    rememberedTexts[slot] = makeIpv4Text(word)
  }
  return rememberedTexts[slot]
}

function makeIpv4Text(word: number): string {
  let length = putDecimal(word >>> 24, 0)
  for (let shift = 16; shift >= 0; shift -= 8) {
    characters[length] = DOT
    length = putDecimal((word >>> shift) & 255, length + 1)
  }
  return asciiText(characters, 0, length)
}

/** Writes a number below 256 and gives where it ends. */
function putDecimal(value: number, at: number): number {
  let end = at
  if (value >= 100) characters[end++] = ZERO + ((value / 100) | 0)
  if (value >= 10) characters[end++] = ZERO + (((value / 10) | 0) % 10)
  characters[end++] = ZERO + (value % 10)
  return end
}

/** IPv6 address in four words, as RFC 5952 writes it, IPv4-mapped ones with their last part in dotted decimal (§5). */
export function ipv6Text(words: Int32Array, at: number): string {
  if (words[at] === 0 && words[at + 1] === 0 && words[at + 2] === 0xffff) return `::ffff:${ipv4Text(words[at + 3])}`
  return ipv6HexText(words, at)
}

const REMEMBERED_V6_BITS = 10
const rememberedV6Words = new Int32Array(4 << REMEMBERED_V6_BITS)
const rememberedV6Texts = new Array<string>(1 << REMEMBERED_V6_BITS).fill('::')

/** IPv6 address in four words with nothing but hexadecimal groups (RFC 5952 §4). The latest texts are remembered here too. */
export function ipv6HexText(words: Int32Array, at: number): string {
  const hash = words[at] ^ ((words[at + 1] << 7) | (words[at + 1] >>> 25)) ^ ~words[at + 2] ^ words[at + 3]
  const slot = Math.imul(hash ^ (hash >>> 16), 0x9e3779b1) >>> (32 - REMEMBERED_V6_BITS)
  if (!haveSameWords(rememberedV6Words, 4 * slot, words, at)) {
    for (let i = 0; i < 4; i++) rememberedV6Words[4 * slot + i] = words[at + i]
    rememberedV6Texts[slot] = makeIpv6HexText(words, at)
  }
  return rememberedV6Texts[slot]
}

function haveSameWords(a: Int32Array, aStart: number, b: Int32Array, bStart: number): boolean {
  for (let i = 0; i < 4; i++) if (a[aStart + i] !== b[bStart + i]) return false
  return true
}

function makeIpv6HexText(words: Int32Array, at: number): string {
  let zerosStart = -1
  let zeros = 1
  let run = 0
  for (let i = 0; i < 8; i++) {
    run = groupOf(words, at, i) === 0 ? run + 1 : 0
    if (run > zeros) {
      zeros = run
      zerosStart = i - run + 1
    }
  }
  const zerosEnd = zerosStart < 0 ? 0 : zerosStart + zeros
  let length = 0
  for (let i = 0; i < 8; i++) {
    if (i > 0 || zerosStart === 0) characters[length++] = COLON
    if (i === zerosStart) {
      i = zerosEnd
      characters[length++] = COLON
      if (i === 8) break
    }
    length = putHex(groupOf(words, at, i), length)
  }
  return asciiText(characters, 0, length)
}

/** Of the eight groups of 16 bits the one at `index`. */
function groupOf(words: Int32Array, at: number, index: number): number {
  const word = words[at + (index >> 1)]
  return (index & 1) === 0 ? word >>> 16 : word & 0xffff
}

/** Writes a group without leading zeros and gives where it ends. */
function putHex(group: number, at: number): number {
  let end = at
  let shift = group >= 0x1000 ? 12 : group >= 0x100 ? 8 : group >= 0x10 ? 4 : 0
  for (; shift >= 0; shift -= 4) characters[end++] = HEX_DIGITS.charCodeAt((group >>> shift) & 15)
  return end
}

/** Address of an IP version in words: one for IPv4, four for IPv6. */
export function addressText(words: Int32Array, at: number, version: number): string {
  return version === 4 ? ipv4Text(words[at]) : ipv6Text(words, at)
}

const REMEMBERED_MAC_BITS = 9
const rememberedMacHighs = new Int32Array(1 << REMEMBERED_MAC_BITS)
const rememberedMacLows = new Int32Array(1 << REMEMBERED_MAC_BITS)
const rememberedMacTexts = new Array<string>(1 << REMEMBERED_MAC_BITS).fill('00:00:00:00:00:00')

/** Hardware address as six pairs of hexadecimal digits; the latest texts are remembered. */
export function macText(bytes: Uint8Array, at: number): string {
  const high = (bytes[at] << 8) | bytes[at + 1]
  const low = (bytes[at + 2] << 24) | (bytes[at + 3] << 16) | (bytes[at + 4] << 8) | bytes[at + 5]
  const slot = Math.imul(low ^ high, 0x9e3779b1) >>> (32 - REMEMBERED_MAC_BITS)
  if (rememberedMacHighs[slot] !== high || rememberedMacLows[slot] !== low) {
    rememberedMacHighs[slot] = high
    rememberedMacLows[slot] = low
    rememberedMacTexts[slot] = makeMacText(bytes, at)
  }
  return rememberedMacTexts[slot]
}

function makeMacText(bytes: Uint8Array, at: number): string {
  return `${HEX[bytes[at]]}:${HEX[bytes[at + 1]]}:${HEX[bytes[at + 2]]}:${HEX[bytes[at + 3]]}:${HEX[bytes[at + 4]]}:${HEX[bytes[at + 5]]}`
}
