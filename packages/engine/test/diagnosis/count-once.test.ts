import { describe, expect, it } from 'vitest'
import { TcpConversation, type TestFrame } from '../../src/testing/index.ts'
import { findingsOf, reportOf } from '../analyzers/report-of.ts'

const MS = 1e6
const client = { address: '10.0.0.1', port: 50_000 }
const server = { address: '10.0.0.2', port: 7000 }
const data = new Uint8Array(1000)

describe('countOnce', () => {
  it('leaves the sum for reading where a finding names the host', async () => {
    const { frames } = new TcpConversation(client, server)
      .open(0, 20 * MS)
      .send('server', 30 * MS, { payload: data })
      .send('client', 40 * MS, { window: 0 })
      .send('client', 3040 * MS, {})
      .send('server', 3050 * MS, { payload: data })
    const report = await reportOf(frames)
    expect(findingsOf(report, 'tcp-receiver-full')).toMatchObject([{ costNs: 3000 * MS }])
    expect(findingsOf(report, 'tcp-zero-window')).toMatchObject([{ severity: 'info', costNs: null }])
  })

  it('takes the silence between probes of a closed window for no outage', async () => {
    const tcp = new TcpConversation(client, server).open(0, 20 * MS)
    for (let i = 0; i < 500; i++) tcp.send('server', (30 + i) * MS, { payload: data })
    tcp.send('client', 600 * MS, { window: 0 })
    tcp.send('server', 2000 * MS, { payload: data.subarray(0, 1) })
    tcp.send('client', 2001 * MS, { window: 0 })
    tcp.send('client', 3900 * MS, {})
    for (let i = 0; i < 4000; i++) tcp.send('server', (3910 + i) * MS, { payload: data })
    const report = await reportOf(tcp.frames)
    expect(findingsOf(report, 'tcp-receiver-full')).toHaveLength(1)
    expect(findingsOf(report, 'capture-silent')).toEqual([])
  })

  it('leaves a service that refuses others beside a scan', async () => {
    const frames: TestFrame[] = []
    const refuse = (address: string, port: number, timeNs: number) => {
      new TcpConversation({ address, port: 40_000 + port }, { address: '10.0.0.2', port }, frames, timeNs)
        .send('client', 0, { flags: 'S' })
        .send('server', 1 * MS, { flags: 'RA' })
    }
    for (let port = 1; port <= 100; port++) refuse('10.0.0.66', port, port * 20 * MS)
    const scanned = await reportOf(frames)
    expect(findingsOf(scanned, 'port-scan')).toHaveLength(1)
    expect(findingsOf(scanned, 'tcp-refused')).toEqual([])
    refuse('10.0.0.7', 8080, 3000 * MS)
    expect(findingsOf(await reportOf(frames), 'tcp-refused')).toHaveLength(1)
  })

  it('counts the retries of a refused connection with it', async () => {
    const { frames } = new TcpConversation(client, server)
      .send('client', 0, { flags: 'S' })
      .send('client', 1000 * MS, { flags: 'S', at: 0 })
      .send('client', 3000 * MS, { flags: 'S', at: 0 })
      .send('server', 3010 * MS, { flags: 'RA' })
    const { findings } = await reportOf(frames)
    expect(findings.filter(({ costNs }) => costNs !== null).map(({ kind }) => kind)).toEqual(['tcp-refused'])
  })
})
