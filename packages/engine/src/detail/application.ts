import { dnsMessage } from './dns.ts'
import { type DetailNode, type Dissector, field, header, word } from './node.ts'

const DNS_PORTS: Readonly<Record<'tcp' | 'udp', readonly number[]>> = { tcp: [53], udp: [53, 5353, 5355] }
const HTTP_START = /^(?:[A-Z]{3,10} \S+ HTTP\/1\.[01]|HTTP\/1\.[01] \d{3})/
const MOST_LINES = 200
const MOST_TEXT = 16_384
const recordNames: Readonly<Record<number, string>> = {
  20: 'Change Cipher Spec',
  21: 'Alert',
  22: 'Handshake',
  23: 'Application Data',
}
const handshakeNames: Readonly<Record<number, string>> = {
  1: 'Client Hello',
  2: 'Server Hello',
  4: 'New Session Ticket',
  11: 'Certificate',
  12: 'Server Key Exchange',
  14: 'Server Hello Done',
  16: 'Client Key Exchange',
  20: 'Finished',
}

/**
 * What this frame's own payload says by itself. A message that began in an earlier frame cannot be told from its middle, so it stays bytes;
 * nothing is guessed.
 */
export const payload: Dissector = (bytes, place) => {
  const { start, end, ports = [0, 0], transport = 'tcp' } = place
  const isDns = ports.some((port) => DNS_PORTS[transport].includes(port))
  const node =
    (isDns ? dnsOf(bytes, start, end, transport) : null) ??
    (transport === 'tcp' ? (http(bytes, start, end) ?? tls(bytes, start, end) ?? ssh(bytes, start, end)) : null)
  if (node === null) return data(bytes, place)
  const stop = node.start + node.length
  return { node, next: stop < end ? { layer: 'data', start: stop, end } : null }
}

/** Bytes that nothing of ours reads. */
export const data: Dissector = (_bytes, { start, end }) =>
  end > start ? { node: field('Data', `${end - start} bytes`, start, end - start), next: null } : null

function dnsOf(bytes: Uint8Array, start: number, end: number, transport: 'tcp' | 'udp'): DetailNode | null {
  if (transport === 'udp') return dnsMessage(bytes, start, end)
  // RFC 1035 §4.2.2: two bytes of length before the message
  const length = end - start < 2 ? 0 : word(bytes, start)
  return length === 0 || start + 2 + length > end ? null : dnsMessage(bytes, start + 2, start + 2 + length)
}

function http(bytes: Uint8Array, start: number, end: number): DetailNode | null {
  const text = latin1(bytes, start, Math.min(end, start + MOST_TEXT))
  if (!HTTP_START.test(text)) return null
  const headEnd = text.indexOf('\r\n\r\n')
  const head = headEnd < 0 ? text : text.slice(0, headEnd + 2)
  const lines: DetailNode[] = []
  let at = 0
  while (at < head.length && lines.length < MOST_LINES) {
    const stop = head.indexOf('\r\n', at)
    const line = head.slice(at, stop < 0 ? head.length : stop)
    const next = stop < 0 ? head.length : stop + 2
    const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? []
    lines.push(
      lines.length === 0 || name === undefined
        ? field(line, null, start + at, next - at, lines.length === 0 ? startFilter(line) : null)
        : field(name, value, start + at, next - at, headerFilter(name, value)),
    )
    at = next
  }
  const length = headEnd < 0 ? at : headEnd + 4
  return header('Hypertext Transfer Protocol', 'http', start, length, lines)
}

function startFilter(line: string): string | null {
  const [first, second] = line.split(' ')
  if (first.startsWith('HTTP/')) return `http.response.code == ${second}`
  return `http.request.method == ${JSON.stringify(first)}`
}

function headerFilter(name: string, value: string): string | null {
  const fields: Readonly<Record<string, string>> = { host: 'http.host', 'user-agent': 'http.user_agent' }
  const known = fields[name.toLowerCase()]
  return known === undefined || /["\\]/.test(value) ? null : `${known} == "${value}"`
}

function tls(bytes: Uint8Array, start: number, end: number): DetailNode | null {
  const records: DetailNode[] = []
  let at = start
  while (at + 5 <= end && recordNames[bytes[at]] !== undefined && bytes[at + 1] === 3 && bytes[at + 2] <= 4) {
    const length = word(bytes, at + 3)
    const stop = Math.min(end, at + 5 + length)
    const isWhole = stop === at + 5 + length
    const type = bytes[at]
    const inside = type === 22 && stop > at + 5 ? (handshakeNames[bytes[at + 5]] ?? 'encrypted or unknown') : null
    const name = `${recordNames[type]}${inside === null ? '' : `: ${inside}`}${isWhole ? '' : ' (goes on in later frames)'}`
    records.push(
      field('Record', name, at, stop - at, null, [
        field('Content type', type, at, 1),
        field('Version', `3.${bytes[at + 2]}`, at + 1, 2),
        field('Length', length, at + 3, 2),
        ...(stop > at + 5 ? [field('Fragment', `${stop - at - 5} bytes`, at + 5, stop - at - 5)] : []),
      ]),
    )
    at = stop
  }
  return records.length === 0 ? null : header('Transport Layer Security', 'tls', start, at - start, records)
}

function ssh(bytes: Uint8Array, start: number, end: number): DetailNode | null {
  const text = latin1(bytes, start, Math.min(end, start + 255))
  const [line] = /^SSH-[^\r\n]*\r?\n?/.exec(text) ?? []
  if (line === undefined) return null
  return header('SSH Protocol', 'ssh', start, line.length, [field('Banner', line.trimEnd(), start, line.length)])
}

/** One character a byte, so that offsets stay those of the frame. */
function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at])
  return text
}
