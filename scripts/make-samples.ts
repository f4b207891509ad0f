import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  absoluteTime,
  buildPcap,
  dnsMessage,
  type Endpoint,
  TcpConversation,
  type TestFrame,
  tcpFrame,
  udpFrame,
} from '@pcap-analyzer/engine/testing'
import { generate, scenarios } from '@pcap-analyzer/scenarios'

const MS = 1e6
const client: Endpoint = { address: '192.0.2.10', port: 50_122 }
const server: Endpoint = { address: '198.51.100.7', port: 80 }
const resolver: Endpoint = { address: '192.0.2.53', port: 53 }

/**
 * A download that took seven seconds instead of one, captured at the client: the resolver answers only the second query, the server
 * thinks for 0.9 s, two segments are lost on the way here and one of them comes again only after a time-out, and the client stops
 * reading for two seconds.
 */
export function slowDownload(): TestFrame[] {
  const frames: TestFrame[] = []
  const ask: Endpoint = { address: client.address, port: 40_001 }
  const at = (timeNs: number, bytes: Uint8Array) => frames.push({ bytes, ...absoluteTime(timeNs) })
  at(0, udpFrame(ask, resolver, dnsMessage(0x1a2b, 'shop.example')))
  at(1500 * MS, udpFrame(ask, resolver, dnsMessage(0x1a2b, 'shop.example')))
  at(1530 * MS, udpFrame(resolver, ask, dnsMessage(0x1a2b, 'shop.example', { addresses: [server.address] })))
  const tcp = new TcpConversation(client, server, frames, 1535 * MS)
  const text = (words: string) => new TextEncoder().encode(words)
  tcp.open(0, 40 * MS)
  tcp.send('client', 42 * MS, { flags: 'PA', payload: text('GET /catalogue HTTP/1.1\r\nHost: shop.example\r\n\r\n') })
  tcp.send('server', 82 * MS)
  const head = text('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 84000\r\n\r\n')
  tcp.send('server', 982 * MS, { flags: 'PA', payload: head })
  tcp.send('client', 983 * MS)
  const download = new Download(tcp, 1 + head.length)
  download.burst(1022 * MS, 0, 17)
  download.lose(17)
  download.burst(1030 * MS, 18, 22)
  download.repeat(1072 * MS, 17)
  download.burst(1113 * MS, 22, 40)
  stopReading(tcp, 1122 * MS)
  download.burst(3163 * MS, 40, 59)
  download.lose(59)
  download.repeat(4990 * MS, 59)
  tcp.close(5010 * MS, 40 * MS)
  return frames
}

const CHUNK_BYTES = 1400

/** The body of the response, in segments of 1400 bytes that are numbered from 0. */
class Download {
  private readonly tcp: TcpConversation
  /** Relative sequence number of segment 0. */
  private readonly start: number
  private lost = -1

  constructor(tcp: TcpConversation, start: number) {
    this.tcp = tcp
    this.start = start
  }

  /** Sends segments one after the other, 0.4 ms apart; the client acknowledges every second, or each while one is missing. */
  burst(timeNs: number, from: number, to: number): void {
    for (let index = from; index < to; index++) {
      const sentNs = timeNs + (index - from) * 0.4 * MS
      this.tcp.send('server', sentNs, { payload: chunk(index) })
      if (this.lost >= 0) {
        const sack: [number, number] = [this.startOf(this.lost + 1), this.startOf(index + 1)]
        this.tcp.send('client', sentNs + 0.1 * MS, { acknowledges: this.startOf(this.lost), sack: [sack] })
      } else if (index % 2 === 1) {
        this.tcp.send('client', sentNs + 0.1 * MS)
      }
    }
  }

  /** Sends a segment that nobody behind the server sees. */
  lose(index: number): void {
    this.tcp.send('server', 0, { payload: chunk(index), isUnseen: true })
    this.lost = index
  }

  /** Sends the lost segment again; the client acknowledges everything. */
  repeat(timeNs: number, index: number): void {
    this.tcp.send('server', timeNs, { at: this.startOf(index), payload: chunk(index) })
    this.tcp.send('client', timeNs + 0.1 * MS)
    this.lost = -1
  }

  private startOf(index: number): number {
    return this.start + index * CHUNK_BYTES
  }
}

function chunk(index: number): Uint8Array {
  return new Uint8Array(CHUNK_BYTES).fill(97 + (index % 26))
}

/** The client's window closes, the server asks, and two seconds later the client reads on. */
function stopReading(tcp: TcpConversation, timeNs: number): void {
  tcp.send('client', timeNs, { window: 0 })
  tcp.send('client', timeNs + 2000 * MS, { window: 502 })
}

/** Three ways in which a connection does not come about: refused, never answered, answered only the third time. */
export function connectTrouble(): TestFrame[] {
  const frames: TestFrame[] = []
  const at = (timeNs: number, bytes: Uint8Array) => frames.push({ bytes, ...absoluteTime(timeNs) })
  const closed: Endpoint = { address: '198.51.100.7', port: 8443 }
  const from = (port: number): Endpoint => ({ address: client.address, port })
  at(0, tcpFrame(from(50_001), closed, { sequence: 1000, flags: 'S' }))
  at(20 * MS, tcpFrame(closed, from(50_001), { sequence: 0, acknowledgment: 1001, flags: 'RA', window: 0 }))
  const filtered: Endpoint = { address: '198.51.100.8', port: 443 }
  for (const timeMs of [100, 1100, 3100, 7100])
    at(timeMs * MS, tcpFrame(from(50_002), filtered, { sequence: 2000, flags: 'S' }))
  const late: Endpoint = { address: '198.51.100.9', port: 443 }
  for (const timeMs of [200, 1200]) at(timeMs * MS, tcpFrame(from(50_003), late, { sequence: 3000, flags: 'S' }))
  const tcp = new TcpConversation(from(50_003), late, frames, 3200 * MS)
  tcp.open(0, 30 * MS)
  tcp.close(500 * MS, 30 * MS)
  return frames.sort((a, b) => timeOf(a) - timeOf(b))
}

function timeOf(frame: TestFrame): number {
  return 'seconds' in frame ? (frame.seconds ?? 0) * 1e9 + (frame.nanoseconds ?? 0) : 0
}

/** Scenarios that lie beside the samples told by hand, with what must be found in them. */
const generated = ['slow-dns', 'mtu-black-hole', 'tls-certificate-expired', 'filtered-port']

function generatedSamples(): [string, Uint8Array][] {
  return scenarios
    .filter(({ name }) => generated.includes(name))
    .flatMap((scenario): [string, Uint8Array][] => {
      const { pcap, expected } = generate(scenario)
      const text = `${JSON.stringify(expected, null, 2)}\n`
      return [
        [`${scenario.name}.pcap`, pcap],
        [`${scenario.name}.pcap.expected.json`, new TextEncoder().encode(text)],
      ]
    })
}

/** File name -> bytes of every sample. */
export function samples(): Map<string, Uint8Array> {
  return new Map([
    ['slow-download.pcap', buildPcap(slowDownload())],
    ['connect-trouble.pcap', buildPcap(connectTrouble())],
    ...generatedSamples(),
  ])
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, '..', 'samples')
  mkdirSync(folder, { recursive: true })
  for (const [name, bytes] of samples()) writeFileSync(join(folder, name), bytes)
}
