import { describe, expect, it } from 'vitest'
import { analyze } from '../../src/analyze.ts'
import type { Finding } from '../../src/finding.ts'
import { buildPcap, TcpConversation, type TestFrame } from '../../src/testing/index.ts'
import { rowsOf } from './report-of.ts'

const MS = 1e6
const client = { address: '192.0.2.1', port: 40_000 }
const server = { address: '198.51.100.2', port: 443 }

async function findingsOf(frames: readonly TestFrame[]): Promise<Map<string, Finding>> {
  const { findings } = await analyze([buildPcap(frames)])
  return new Map(findings.map((finding) => [finding.kind, finding]))
}

describe('tcpHealth', () => {
  it('does not count repeated SYNs as lost data, nor their wait twice', async () => {
    const tcp = new TcpConversation(client, server)
    tcp.send('client', 0, { flags: 'S' })
    for (const seconds of [1, 3, 7]) tcp.send('client', seconds * 1000 * MS, { flags: 'S', at: 0 })
    const findings = await findingsOf(tcp.frames)
    expect(findings.has('tcp-loss')).toBe(false)
    expect(findings.get('tcp-retransmissions')?.summary).toMatch(
      /^tshark flags 3 retransmissions among 4 segments with data, SYN or FIN \(75.0 %\)/,
    )
    expect(findings.get('tcp-retransmissions')?.costNs).toBe(null)
  })

  it('tells the share of lost segments among those with data', async () => {
    const tcp = new TcpConversation(client, server).open(0, 20 * MS)
    for (let i = 0; i < 9; i++) {
      tcp.send('server', (30 + i) * MS, { payload: new Uint8Array(100), isUnseen: i === 4 })
    }
    tcp.send('server', 400 * MS, { payload: new Uint8Array(100), at: 401 })
    expect((await findingsOf(tcp.frames)).get('tcp-loss')?.summary).toMatch(/^1 segment of 9 with data had to be sent/)
  })

  it.each([
    ['as fast as its losses let it be', 0.5, true],
    ['slower, because the sender had nothing to send', 50, false],
  ])('holds the rate of a lossy transfer against what loss allows: %s', async (_, everyMs, isHeldBack) => {
    const tcp = new TcpConversation(client, server).open(0, 20 * MS)
    const segment = { payload: new Uint8Array(1448) }
    for (let i = 0; i < 100; i++) tcp.send('server', (30 + i * everyMs) * MS, { ...segment, isUnseen: i % 20 === 10 })
    for (let i = 10; i < 100; i += 20)
      tcp.send('server', (31 + 99 * everyMs + i) * MS, { ...segment, at: 1 + i * 1448 })
    const loss = (await findingsOf(tcp.frames)).get('tcp-loss')
    const throughput = loss?.hypotheses.find(({ because }) => because.includes('Mathis'))
    expect(throughput?.accepted).toBe(isHeldBack)
    expect(throughput?.because).toMatch(/^198.51.100.2 to 192.0.2.1 reached [\d.]+ Mbit\/s with 5.00 % lost/)
  })

  it('says nothing of the rate where a single segment of many was lost', async () => {
    const tcp = new TcpConversation(client, server).open(0, 20 * MS)
    for (let i = 0; i < 100; i++)
      tcp.send('server', (30 + i) * MS, { payload: new Uint8Array(1448), isUnseen: i === 50 })
    tcp.send('server', 400 * MS, { payload: new Uint8Array(1448), at: 1 + 50 * 1448 })
    const loss = (await findingsOf(tcp.frames)).get('tcp-loss')
    expect(loss?.hypotheses.filter(({ because }) => because.includes('Mathis'))).toEqual([])
  })

  it.each([
    [9, 40, 'few'],
    [10, 100, 'critical'],
    [10, 300, 'medium'],
    [10, 900, 'low'],
    [10, 1100, 'none'],
    [100, 11_000, 'low'],
  ])('puts %d retransmissions among %d segments into the class %s', async (resent, sent, expected) => {
    const tcp = new TcpConversation(client, server).open(0, 20 * MS)
    const payload = new Uint8Array(10)
    for (let i = 0; i < sent - resent - 1; i++) tcp.send('server', (30 + i) * MS, { payload })
    for (let i = 0; i < resent; i++) tcp.send('server', (1000 + sent + i) * MS, { payload, at: 1 + 10 * i })
    const report = await analyze([buildPcap(tcp.frames)])
    const [worst] = rowsOf(report, 'tcp-health', 'worstSenders')
    expect(worst).toMatchObject({ retransmissions: resent, severity: expected })
  })

  it('counts waits that pass together once', async () => {
    const tcp = new TcpConversation(client, server).open(0, 20 * MS)
    const payload = new Uint8Array(100)
    for (let i = 0; i < 10; i++) tcp.send('server', 30 * MS, { payload })
    for (let i = 0; i < 10; i++) tcp.send('server', 330 * MS + i, { payload, at: 1 + 100 * i })
    tcp.send('client', 350 * MS)
    expect((await findingsOf(tcp.frames)).get('tcp-loss')?.costNs).toBe(300 * MS)
  })

  it('takes copies that the capture holds twice for no trouble', async () => {
    const tcp = new TcpConversation(client, server).open(0, 20 * MS)
    for (let i = 0; i < 30; i++) tcp.send('server', (30 + i) * MS, { payload: new Uint8Array(100) })
    const frames = tcp.frames.flatMap((frame) => [frame, { ...frame, nanoseconds: nanosecondsOf(frame) + 3000 }])
    const findings = await findingsOf(frames as TestFrame[])
    expect(findings.get('tcp-loss')).toBeUndefined()
    expect(findings.get('tcp-retransmissions')).toMatchObject({ severity: 'info', costNs: null })
    expect(findings.get('tcp-syn-retransmissions')).toMatchObject({ severity: 'info', costNs: null })
  })
})

function nanosecondsOf(frame: TestFrame): number {
  return frame instanceof Uint8Array ? 0 : (frame.nanoseconds ?? 0)
}
