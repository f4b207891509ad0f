import { addressText, lastDnsName, readDnsName } from '@pcap-analyzer/engine/observe'

const HEADER_BYTES = 12
const MOST_ANSWERS = 100
const A = 1
const TXT = 16
const MX = 15
const SRV = 33
const AAAA = 28
const RRSIG = 46
const namesIn: readonly number[] = [2, 5, 12, 39]

export interface DnsAnswer {
  /** Of the record, in lower case. */
  readonly name: string
  readonly text: string
  readonly ttlSeconds: number
}

/** Answers of the DNS message in `bytes[start…end)` as Zeek shows them, as far as they can be read; at most a hundred. */
export function dnsAnswers(bytes: Uint8Array, start: number, end: number): DnsAnswer[] {
  if (end - start < HEADER_BYTES) return []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const questions = view.getUint16(start + 4)
  const count = Math.min(view.getUint16(start + 6), MOST_ANSWERS)
  let at = start + HEADER_BYTES
  for (let i = 0; i < questions; i++) {
    at = readDnsName(bytes, at, end, start)
    if (at < 0) return []
    at += 4
  }
  const answers: DnsAnswer[] = []
  for (let i = 0; i < count; i++) {
    at = readDnsName(bytes, at, end, start)
    if (at < 0 || at + 10 > end) return answers
    const name = lastDnsName().toLowerCase()
    const type = view.getUint16(at)
    const length = view.getUint16(at + 8)
    const data = at + 10
    if (data + length > end) return answers
    const text = answerText(view, bytes, type, data, length, { start, end })
    if (text !== null) answers.push({ name, text, ttlSeconds: view.getUint32(at + 4) })
    at = data + length
  }
  return answers
}

function answerText(
  view: DataView,
  bytes: Uint8Array,
  type: number,
  data: number,
  length: number,
  { start, end }: { start: number; end: number },
): string | null {
  const name = (at: number) => (readDnsName(bytes, at, end, start) < 0 ? null : lastDnsName().toLowerCase())
  if ((type === A && length === 4) || (type === AAAA && length === 16)) {
    const words = Int32Array.from({ length: length / 4 }, (_, i) => view.getInt32(data + 4 * i))
    return addressText(words, 0, type === A ? 4 : 6)
  }
  if (namesIn.includes(type)) return name(data)
  if (type === MX && length > 2) return name(data + 2)
  if (type === SRV && length > 6) return name(data + 6)
  if (type === TXT && length > 0) {
    const size = Math.min(bytes[data], length - 1)
    return `TXT ${size} ${String.fromCharCode(...bytes.subarray(data + 1, data + 1 + size))}`
  }
  if (type === RRSIG && length > 18) return `RRSIG ${view.getUint16(data)} ${name(data + 18) ?? ''}`
  return null
}
