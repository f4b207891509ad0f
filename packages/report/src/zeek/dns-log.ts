import type { DnsMessageEvent, Packet } from '@pcap-analyzer/engine/observe'
import type { Connection } from './connection.ts'
import { dnsAnswers } from './dns-answers.ts'
import { headColumns, type LogColumn, type LogValue, secondsText } from './log-text.ts'

export const dnsColumns: readonly LogColumn[] = [
  ...headColumns,
  ['proto', 'enum'],
  ['trans_id', 'count'],
  ['rtt', 'interval'],
  ['query', 'string'],
  ['qclass', 'count'],
  ['qclass_name', 'string'],
  ['qtype', 'count'],
  ['qtype_name', 'string'],
  ['rcode', 'count'],
  ['rcode_name', 'string'],
  ['AA', 'bool'],
  ['TC', 'bool'],
  ['RD', 'bool'],
  ['RA', 'bool'],
  ['Z', 'count'],
  ['answers', 'vector[string]'],
  ['TTLs', 'vector[interval]'],
  ['rejected', 'bool'],
  ['opcode', 'count'],
  ['opcode_name', 'string'],
]

const typeNames: Readonly<Record<number, string>> = {
  1: 'A', 2: 'NS', 5: 'CNAME', 6: 'SOA', 12: 'PTR', 13: 'HINFO', 15: 'MX', 16: 'TXT', 24: 'SIG', 25: 'KEY', 28: 'AAAA',
  29: 'LOC',
  48: 'DNSKEY', 50: 'NSEC3', 51: 'NSEC3PARAM', 52: 'TLSA', 64: 'SVCB', 65: 'HTTPS', 99: 'SPF', 249: 'TKEY', 250: 'TSIG',
  251: 'IXFR', 252: 'AXFR', 255: '*', 257: 'CAA',
} // biome-ignore format: a table
const rcodeNames = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
]
const opcodeNames = ['query', 'iquery', 'status', 'unassigned-3', 'notify', 'update', 'dso']

/** What the header says beside what the message tells. */
interface HeaderBits {
  readonly recursionDesired: boolean
  readonly zeros: number
}

interface OpenQuery extends HeaderBits {
  readonly timeNs: number
  readonly connection: Connection
  readonly ts: string | null
  readonly message: DnsMessageEvent
}

/** Rows of dns.log: a query with its response, told with the response; queries without one, at the end of the capture. */
export class DnsLog {
  private readonly open = new Map<number, OpenQuery>()
  private readonly take: (row: readonly LogValue[]) => void

  constructor(take: (row: readonly LogValue[]) => void) {
    this.take = take
  }

  message(message: DnsMessageEvent, connection: Connection, packet: Packet, ts: string | null): void {
    connection.services.add('dns')
    const header = message.transport === 'udp' ? headerOf(packet) : null
    if (!message.isResponse) {
      const { timeNs } = message
      const bits = { recursionDesired: header?.recursionDesired ?? false, zeros: header?.zeros ?? 0 }
      this.open.set(message.frame, { ...bits, timeNs, connection, ts, message })
      if (message.family !== 'dns') this.tell(message.frame) // answers to many are matched to nothing
      if (this.open.size > 1 << 16) this.tellOldest()
      return
    }
    const query = this.open.get(message.responseTo)
    if (query !== undefined) this.open.delete(message.responseTo)
    const answers = header === null ? null : dnsAnswers(packet.data, packet.payloadStart, packet.payloadEnd)
    const hasAnswers = message.answerCount > 0
    const answerTexts = answers?.map(({ text }) => text) ?? []
    this.take([
      query?.ts ?? ts,
      connection.uid,
      ...connection.ends,
      message.transport,
      message.id,
      query === undefined ? null : secondsText(message.timeNs - query.timeNs),
      ...(query === undefined ? unasked(message, answers?.[0]?.name ?? null) : question(message)),
      message.rcode,
      rcodeNames[message.rcode ?? 0] ?? `rcode-${message.rcode}`,
      hasAnswers && (header?.isAuthoritative ?? false),
      message.isTruncated,
      query?.recursionDesired ?? header?.recursionDesired ?? false,
      hasAnswers && (header?.recursionAvailable ?? false),
      query?.zeros ?? header?.zeros ?? 0,
      answerTexts.length === 0 ? null : answerTexts,
      answerTexts.length === 0 ? null : (answers?.map(({ ttlSeconds }) => `${ttlSeconds}.000000`) ?? null),
      message.rcode !== 0 && message.answerCount === 0,
      message.opcode,
      opcodeNames[message.opcode] ?? `opcode-${message.opcode}`,
    ])
  }

  finish(): void {
    while (this.open.size > 0) this.tellOldest()
  }

  private tellOldest(): void {
    const [oldest] = this.open.keys()
    if (oldest !== undefined) this.tell(oldest)
  }

  /** Tells a query without its response. */
  private tell(frame: number): void {
    const query = this.open.get(frame)
    if (query === undefined) return
    this.open.delete(frame)
    const { message, connection, ts, recursionDesired, zeros } = query
    const flags = [false, false, recursionDesired, false, zeros]
    const end = [false, message.opcode, opcodeNames[message.opcode] ?? `opcode-${message.opcode}`]
    this.take([
      ts,
      connection.uid,
      ...connection.ends,
      message.transport,
      message.id,
      null,
      ...question(message),
      null,
      null,
      ...flags,
      null,
      null,
      ...end,
    ])
  }
}

function question({ name, type }: DnsMessageEvent): LogValue[] {
  if (name === null || type === null) return [null, null, null, null, null]
  const shown = name === '<Root>' ? '' : name.toLowerCase()
  return [shown, 1, 'C_INTERNET', type, typeNames[type] ?? `query-${type}`]
}

/** A response that nobody asked for here: what it is about is the name of its first record. */
function unasked({ name }: DnsMessageEvent, answered: string | null): LogValue[] {
  return [name?.toLowerCase() ?? answered, null, null, null, null]
}

function headerOf({ data, payloadStart, payloadEnd }: Packet) {
  if (payloadEnd - payloadStart < 4) return null
  const [high, low] = [data[payloadStart + 2], data[payloadStart + 3]]
  return {
    isAuthoritative: (high & 0x04) !== 0,
    recursionDesired: (high & 0x01) !== 0,
    recursionAvailable: (low & 0x80) !== 0,
    zeros: (low >> 4) & 7,
  }
}
