import { lastDnsName, readDnsName } from '../protocols/dns-name.ts'
import { ipv4Text, ipv6Text } from '../text/addresses.ts'
import { type DetailNode, field, header, hex, longWord, word } from './node.ts'

const HEADER_BYTES = 12
const MOST_RECORDS = 100
const typeNames: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  41: 'OPT',
  65: 'HTTPS',
  255: 'ANY',
}

/** A DNS message (RFC 1035 §4) as far as it can be read; null when not even its header is there. */
export function dnsMessage(bytes: Uint8Array, start: number, end: number): DetailNode | null {
  if (end - start < HEADER_BYTES) return null
  const flags = word(bytes, start + 2)
  const isResponse = flags >> 15
  const counts = [4, 6, 8, 10].map((offset) => word(bytes, start + offset))
  const nodes: DetailNode[] = [
    field('Transaction id', hex(word(bytes, start), 4), start, 2, `dns.id == ${hex(word(bytes, start), 4)}`),
    field('Flags', hex(flags, 4), start + 2, 2, null, [
      field('Response', isResponse, start + 2, 2, `dns.flags.response == ${isResponse}`),
      field('Opcode', (flags >> 11) & 15, start + 2, 2, `dns.flags.opcode == ${(flags >> 11) & 15}`),
      field('Truncated', (flags >> 9) & 1, start + 2, 2, `dns.flags.truncated == ${(flags >> 9) & 1}`),
      field('Response code', flags & 15, start + 2, 2, isResponse ? `dns.flags.rcode == ${flags & 15}` : null),
    ]),
    ...['Questions', 'Answers', 'Authority records', 'Additional records'].map((label, i) =>
      field(label, counts[i], start + 4 + i * 2, 2),
    ),
  ]
  let at: number | null = start + HEADER_BYTES
  for (let i = 0; i < counts[0] && i < MOST_RECORDS && at !== null; i++) {
    const name = readDnsName(bytes, at, end, start)
    if (name < 0 || name + 4 > end) at = null
    else {
      const type = word(bytes, name)
      nodes.push(field('Question', `${lastDnsName()} ${typeName(type)}`, at, name + 4 - at))
      at = name + 4
    }
  }
  const kinds = ['Answer', 'Authority', 'Additional']
  for (const [i, label] of kinds.entries()) {
    for (let one = 0; one < counts[i + 1] && one < MOST_RECORDS && at !== null; one++) {
      const record = recordOf(bytes, at, end, start, label)
      if (record !== null) nodes.push(record)
      at = record === null ? null : at + record.length
    }
  }
  return header(`Domain Name System, ${isResponse ? 'response' : 'query'}`, 'dns', start, end - start, nodes)
}

function recordOf(bytes: Uint8Array, at: number, end: number, start: number, label: string): DetailNode | null {
  const fixed = readDnsName(bytes, at, end, start)
  if (fixed < 0 || fixed + 10 > end) return null
  const name = lastDnsName()
  const type = word(bytes, fixed)
  const length = word(bytes, fixed + 8)
  const data = fixed + 10
  if (data + length > end) return null
  const value = shownData(bytes, data, length, type, end, start)
  const ttl = field('Time to live', `${longWord(bytes, fixed + 4)} s`, fixed + 4, 4)
  const children = [ttl, ...(length > 0 ? [field('Data', value ?? `${length} bytes`, data, length)] : [])]
  return field(
    label,
    `${name} ${typeName(type)}${value === null ? '' : ` ${value}`}`,
    at,
    data + length - at,
    null,
    children,
  )
}

function shownData(
  bytes: Uint8Array,
  at: number,
  length: number,
  type: number,
  end: number,
  start: number,
): string | null {
  if (type === 1 && length === 4) return ipv4Text(longWord(bytes, at) | 0)
  if (type === 28 && length === 16) {
    return ipv6Text(
      Int32Array.from([0, 4, 8, 12], (offset) => longWord(bytes, at + offset)),
      0,
    )
  }
  if (type === 2 || type === 5 || type === 12) return readDnsName(bytes, at, end, start) < 0 ? null : lastDnsName()
  return null
}

function typeName(type: number): string {
  return typeNames[type] ?? `type ${type}`
}
