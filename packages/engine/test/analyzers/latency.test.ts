import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parts } from '../../src/analyzers/latency/parts.ts'
import {
  absoluteTime,
  dnsMessage,
  type Endpoint,
  TcpConversation,
  type TestFrame,
  udpFrame,
} from '../../src/testing/index.ts'
import { factOf, findingsOf, reportOf, rowsOf } from './report-of.ts'

const MS = 1e6
const client = { address: '10.0.0.1', port: 50_000 }
const server = { address: '10.0.0.2', port: 7000 }
const v6: [Endpoint, Endpoint] = [
  { address: '2001:db8::1', port: 50_000 },
  { address: '2001:db8::2', port: 7000 },
]
const data = new Uint8Array(1000)
const text = (line: string) => Uint8Array.from(line, (character) => character.charCodeAt(0))

const transactionsOf = async (frames: readonly TestFrame[]) => rowsOf(await reportOf(frames), 'latency', 'transactions')

describe.each([['IPv4', [client, server]] as const, ['IPv6', v6] as const])('latency over %s', (_, [from, to]) => {
  it('splits a request into round trip, server and transfer, each between frames', async () => {
    const { frames } = new TcpConversation(from, to)
      .open(0, 40 * MS)
      .send('client', 50 * MS, { payload: data })
      .send('server', 350 * MS, { payload: data })
      .send('server', 360 * MS, { payload: data })
    const [row] = await transactionsOf(frames)
    expect(row).toMatchObject({
      connectNs: 40.05 * MS,
      clientThinkNs: 9.95 * MS,
      pathNs: 40 * MS,
      serverNs: 260 * MS,
      transferNs: 10 * MS,
      totalNs: 360 * MS,
      beginFrame: 1,
      connectedFrame: 3,
      requestFrame: 4,
      firstByteFrame: 5,
      lastByteFrame: 6,
    })
  })

  it('takes waits for lost segments and closed windows out of the parts they fall in', async () => {
    const { frames } = new TcpConversation(from, to)
      .open(0, 20 * MS)
      .send('client', 30 * MS, { payload: data })
      .send('server', 60 * MS, { payload: data })
      .send('server', 61 * MS, { payload: data, isUnseen: true })
      .send('server', 62 * MS, { payload: data })
      .send('client', 63 * MS, { acknowledges: 1001 })
      .send('server', 362 * MS, { at: 1001, payload: data })
      .send('client', 382 * MS, { window: 0 })
      .send('client', 882 * MS, {})
      .send('server', 900 * MS, { payload: data })
    const [row] = await transactionsOf(frames)
    expect(row.zeroWindowNs).toBe(500 * MS)
    expect(row.retransmissionNs).toBeGreaterThan(290 * MS)
    expect(row.totalNs).toBe(900 * MS)
  })
})

describe('latency', () => {
  it('puts the DNS query that a connection waited for at the front', async () => {
    const resolver = { address: '10.0.0.53', port: 53 }
    const asks = { address: client.address, port: 40_000 }
    const frames: TestFrame[] = []
    const question = dnsMessage(7, 'shop.example')
    const answer = dnsMessage(7, 'shop.example', { addresses: [server.address] })
    frames.push({ bytes: udpFrame(asks, resolver, question), ...absoluteTime(0) })
    frames.push({ bytes: udpFrame(resolver, asks, answer), ...absoluteTime(300 * MS) })
    new TcpConversation(client, server, frames, 310 * MS)
      .open(0, 10 * MS)
      .send('client', 20 * MS, { payload: data })
      .send('server', 40 * MS, { payload: data })
    // the same answer serves a second connection
    new TcpConversation({ ...client, port: client.port + 1 }, server, frames, 400 * MS)
      .open(0, 10 * MS)
      .send('client', 20 * MS, { payload: data })
      .send('server', 40 * MS, { payload: data })
    const [row] = await transactionsOf(frames)
    expect(row).toMatchObject({ dnsNs: 300 * MS, dnsFrame: 2, totalNs: 350 * MS })
    const report = await reportOf(frames)
    expect(rowsOf(report, 'latency', 'conversations')).toMatchObject([
      {
        dnsNs: 300 * MS,
        verdict: expect.stringMatching(/^It was DNS: of the 360 ms waited in 2 /),
      },
    ])
  })

  it('names a server that lets clients wait, and rejects the others with numbers', async () => {
    const conversation = new TcpConversation(client, server).open(0, 10 * MS)
    for (let i = 0; i < 4; i++) {
      conversation.send('client', (1 + i * 3) * 1e9, { payload: data })
      conversation.send('server', (2.5 + i * 0.3 + i * 3) * 1e9, { payload: data })
    }
    const report = await reportOf(conversation.frames)
    const [finding] = findingsOf(report, 'server-slow')
    expect(finding).toMatchObject({ severity: 'medium', key: `server-slow:${server.address} ${server.port}` })
    expect(finding.evidence.total).toBe(8)
    expect(finding.hypotheses.map(({ accepted }) => accepted)).toEqual([true, false, false, false])
    expect(factOf(report, 'latency', 'verdict')).toMatch(/^server 9\d/)
  })

  it('tells for each pair of hosts whose time it was', async () => {
    const frames: TestFrame[] = []
    const other = { address: '10.0.0.3', port: 50_000 }
    new TcpConversation(client, server, frames)
      .open(0, 10 * MS)
      .send('client', 20 * MS, { payload: data })
      .send('server', 920 * MS, { payload: data })
    new TcpConversation(other, server, frames, 1e9)
      .open(0, 400 * MS)
      .send('client', 410 * MS, { payload: data })
      .send('server', 820 * MS, { payload: data })
    const rows = rowsOf(await reportOf(frames), 'latency', 'conversations')
    expect(rows).toMatchObject([
      {
        client: client.address,
        server: server.address,
        transactions: 1,
        verdict: expect.stringMatching(
          /^It was the server: of the \S+ \S+ waited in 1 transaction the server took \S+ \S+ \(9\S+ %\)/,
        ),
      },
      {
        client: other.address,
        server: server.address,
        transactions: 1,
        verdict: expect.stringMatching(/^It was the network: .* the network took .* \(9\S+ %\)/),
      },
    ])
  })

  it('tells what a larger window would save, by how often it was full', async () => {
    const savedOf = async (windowBytes: number) => {
      const conversation = new TcpConversation(client, server).open(0, 100 * MS)
      conversation.send('client', 150 * MS, { payload: text('x'), window: windowBytes / 128 })
      // a window's worth of segments each round trip
      for (let turn = 0; turn < 40; turn++) {
        const at = 300 * MS + turn * 100 * MS
        for (let i = 0; i < 4; i++) conversation.send('server', at + i * 1e5, { payload: data })
        conversation.send('client', at + MS, { window: windowBytes / 128 })
      }
      const rows = rowsOf(await reportOf(conversation.frames), 'latency', 'whatIf')
      return Number(rows.find(({ change }) => change === 'receive windows twice as large')?.savedNs)
    }
    const transferNs = 39 * 100 * MS
    expect(await savedOf(4096)).toBeGreaterThan(0.45 * transferNs)
    expect(await savedOf(4096)).toBeLessThanOrEqual(0.5 * transferNs + MS)
    expect(await savedOf(64_000)).toBe(0)
  })

  it('leaves slow answers of HTTP to HTTP, and quick servers alone', async () => {
    const slowHttp = new TcpConversation(client, { ...server, port: 80 })
      .open(0, 10 * MS)
      .send('client', 20 * MS, { payload: text('GET / HTTP/1.1\r\nHost: a\r\n\r\n') })
      .send('server', 9e9, { payload: text('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n') })
    const quick = new TcpConversation(client, server)
      .open(0, 10 * MS)
      .send('client', 20 * MS, { payload: data })
      .send('server', 60 * MS, { payload: data })
    for (const { frames } of [slowHttp, quick]) {
      expect(findingsOf(await reportOf(frames), 'server-slow')).toEqual([])
    }
    expect((await transactionsOf(slowHttp.frames))[0].label).toBe('GET a/')
  })

  it('accounts for every nanosecond, whatever is sent', async () => {
    const step = fc.record({
      from: fc.constantFrom('client' as const, 'server' as const),
      afterNs: fc.integer({ min: 1, max: 900 * MS }),
      bytes: fc.constantFrom(0, 0, 1, 600, 1000),
      window: fc.constantFrom(502, 502, 502, 0),
      isUnseen: fc.boolean(),
      repeats: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        const conversation = new TcpConversation(client, server).open(0, 10 * MS)
        let timeNs = 20 * MS
        const sent = { client: 1, server: 1 }
        for (const { from, afterNs, bytes, window, isUnseen, repeats } of steps) {
          timeNs += afterNs
          const payload = new Uint8Array(bytes)
          const again = repeats && sent[from] > 1 ? { at: 1 } : {}
          conversation.send(from, timeNs, { ...(bytes > 0 ? { payload } : {}), window, isUnseen, ...again })
          if (bytes > 0 && !repeats) sent[from] += bytes
        }
        const times = conversation.frames.map((frame) => frame as { seconds: number; nanoseconds: number })
        const timeOf = (frame: number) =>
          (times[frame - 1].seconds - times[0].seconds) * 1e9 + times[frame - 1].nanoseconds - times[0].nanoseconds
        let endNs = 0
        const rows = await transactionsOf(conversation.frames)
        for (const row of rows.sort((a, b) => Number(a.lastByteFrame) - Number(b.lastByteFrame))) {
          const sum = parts.reduce((total, part) => total + Number(row[`${part}Ns`]), 0)
          expect(sum).toBe(row.totalNs)
          expect(timeOf(Number(row.lastByteFrame)) - timeOf(Number(row.beginFrame))).toBe(row.totalNs)
          for (const part of parts) expect(row[`${part}Ns`]).toBeGreaterThanOrEqual(0)
          endNs += Number(row.totalNs)
        }
        expect(endNs).toBeLessThanOrEqual(timeNs)
      }),
      { numRuns: 150 },
    )
  })
})
