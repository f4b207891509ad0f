import { describe, expect, it } from 'vitest'
import { TcpConversation } from '../../src/testing/index.ts'
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
})
