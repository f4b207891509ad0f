const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'))

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
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`
}

/** IPv6 address in four words, as RFC 5952 §4 writes it. */
export function ipv6Text(words: Int32Array, at: number): string {
  if (words[at] === 0 && words[at + 1] === 0 && words[at + 2] === 0xffff) return `::ffff:${ipv4Text(words[at + 3])}`
  const groups: number[] = []
  for (let i = 0; i < 4; i++) groups.push(words[at + i] >>> 16, words[at + i] & 0xffff)
  const [start, length] = longestZeroRun(groups)
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':')
  return length < 2 ? text(0, 8) : `${text(0, start)}::${text(start + length, 8)}`
}

function longestZeroRun(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0]
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (start + length < 8 && groups[start + length] === 0) length++
    if (length > best[1]) best = [start, length]
  }
  return best
}

/** Address of an IP version in words: one for IPv4, four for IPv6. */
export function addressText(words: Int32Array, at: number, version: number): string {
  return version === 4 ? ipv4Text(words[at]) : ipv6Text(words, at)
}

/** Hardware address as six pairs of hexadecimal digits. */
export function macText(bytes: Uint8Array, at: number): string {
  return `${HEX[bytes[at]]}:${HEX[bytes[at + 1]]}:${HEX[bytes[at + 2]]}:${HEX[bytes[at + 3]]}:${HEX[bytes[at + 4]]}:${HEX[bytes[at + 5]]}`
}
