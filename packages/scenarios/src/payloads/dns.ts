import { addressBytes } from '@pcap-analyzer/engine/testing'
import { joined, text } from './text.ts'

/** Numbers of record types (RFC 1035 §3.2.2, RFC 3596). */
export const dnsType = { a: 1, ns: 2, txt: 16, aaaa: 28 } as const

const NAME_AT_12 = [0xc0, 12]

/** A query with one question. */
export function dnsQuery(id: number, name: string, type: number = dnsType.a): Uint8Array {
  return joined(header(id, 0x0100, 0), question(name, type))
}

/** A response to it; `data` is that of its records, none when left out. */
export function dnsResponse(
  id: number,
  name: string,
  type: number = dnsType.a,
  data: readonly ArrayLike<number>[] = [],
  rcode = 0,
): Uint8Array {
  const records = data.map((rdata) =>
    joined(NAME_AT_12, [type >> 8, type & 255, 0, 1, 0, 0, 1, 44, rdata.length >> 8, rdata.length & 255], rdata),
  )
  return joined(header(id, 0x8180 | rcode, data.length), question(name, type), ...records)
}

/** Data of an A or AAAA record. */
export function addressData(address: string): number[] {
  return addressBytes(address)
}

/** Data of a TXT record, in strings of at most 255 bytes. */
export function textData(words: string): number[] {
  const pieces = words.match(/.{1,255}/gs) ?? []
  return pieces.flatMap((piece) => [piece.length, ...text(piece)])
}

function header(id: number, flags: number, answers: number): number[] {
  return [id >> 8, id & 255, flags >> 8, flags & 255, 0, 1, 0, answers, 0, 0, 0, 0]
}

function question(name: string, type: number): number[] {
  return [...name.split('.').flatMap((label) => [label.length, ...text(label)]), 0, type >> 8, type & 255, 0, 1]
}
