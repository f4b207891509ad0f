import type { FieldType } from './field.ts'

/** A value or a block of addresses. Addresses are unsigned big integers, times ns, bytes lower-case hexadecimal digits. */
export interface Literal {
  readonly value: number | bigint | string
  /** Bits that count, of addresses with a prefix; null: all. */
  readonly mask: bigint | null
}

/** Reads a value of a type; null when it is none. */
export function readLiteral(type: FieldType, text: string, isQuoted: boolean): Literal | null {
  const value = readers[type](text, isQuoted)
  return value === null ? null : typeof value === 'object' ? value : { value, mask: null }
}

const readers: Readonly<
  Record<FieldType, (text: string, isQuoted: boolean) => Literal | number | bigint | string | null>
> = {
  number: (text, isQuoted) => (isQuoted ? null : readNumber(text)),
  boolean: (text) => (/^true$/i.test(text) ? 1 : /^false$/i.test(text) ? 0 : readNumber(text)),
  text: (text) => text,
  ipv4: (text) => readNetwork(text, readIpv4, 32),
  ipv6: (text) => readNetwork(text, readIpv6, 128),
  ether: (text) => (/^([0-9a-f]{1,2}[:-]){5}[0-9a-f]{1,2}$/i.test(text) ? hexOf(text) : null),
  bytes: readBytes,
  duration: (text, isQuoted) => {
    const seconds = Number(text)
    return isQuoted || text === '' || !Number.isFinite(seconds) ? null : Math.round(seconds * 1e9)
  },
  time: readTime,
  protocol: readBytes,
}

function readNumber(text: string): number | null {
  if (/^-?0x[0-9a-f]+$/i.test(text)) return text.startsWith('-') ? -Number(text.slice(1)) : Number(text)
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8)
  return /^-?\d+$/.test(text) ? Number(text) : null
}

function readBytes(text: string, isQuoted: boolean): string | null {
  if (isQuoted) return [...encoder.encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  if (/^[0-9a-f]{1,2}([:.-][0-9a-f]{1,2})*$/i.test(text)) return hexOf(text)
  if (/^0x([0-9a-f]{2})+$/i.test(text)) return text.slice(2).toLowerCase()
  return /^([0-9a-f]{2})+$/i.test(text) ? text.toLowerCase() : null
}

const encoder = new TextEncoder()

function hexOf(text: string): string {
  return text
    .toLowerCase()
    .split(/[:.-]/)
    .map((byte) => byte.padStart(2, '0'))
    .join('')
}

function readNetwork(text: string, read: (address: string) => bigint | null, bits: number): Literal | null {
  const [address, prefix, ...rest] = text.split('/')
  const value = read(address)
  if (value === null || rest.length > 0) return null
  if (prefix === undefined) return { value, mask: null }
  if (!/^\d+$/.test(prefix) || Number(prefix) > bits) return null
  const shift = BigInt(bits - Number(prefix))
  return { value, mask: ((1n << BigInt(bits)) - 1n) & ~((1n << shift) - 1n) }
}

function readIpv4(text: string): bigint | null {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return null
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
}

function readIpv6(text: string): bigint | null {
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const low = embedded === null ? null : readIpv4(embedded[2])
  if (embedded !== null && low === null) return null
  const whole = low === null ? text : `${embedded?.[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`
  const halves = whole.split('::')
  if (halves.length > 2) return null
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - (tail?.length ?? 0)
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...head, ...Array<string>(tail === undefined ? 0 : missing).fill('0'), ...(tail ?? [])]
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return null
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}

/** ISO 8601 with up to nine decimals, in UTC, as ns since 1970; plain seconds since 1970 too. */
function readTime(text: string): bigint | null {
  const plain = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text)
  if (plain !== null) return BigInt(plain[1]) * 1_000_000_000n + BigInt((plain[2] ?? '').padEnd(9, '0'))
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)?Z?$/.exec(text)
  if (match === null) return null
  const ms = Date.parse(`${match[1]}T${match[2] ?? '00:00'}Z`)
  return Number.isNaN(ms) ? null : BigInt(ms) * 1_000_000n + BigInt((match[3] ?? '').padEnd(9, '0'))
}
