import { describe, expect, it } from 'vitest'
import { TcpConversation } from '../../src/testing/index.ts'
import { factOf, findingsOf, reportOf } from './report-of.ts'

const MS = 1e6
const segment = new Uint8Array(1000)

function opened(network: '192.0.2.' | '2001:db8::'): TcpConversation {
  const client = { address: `${network}1`, port: 50_000 }
  return new TcpConversation(client, { address: `${network}2`, port: 80 }).open(0, 20 * MS)
}

describe('sack', () => {
  it('counts blocks and the bytes they report', async () => {
    const conversation = opened('192.0.2.')
    conversation
      .send('server', 30 * MS, { payload: segment, isUnseen: true })
      .send('server', 31 * MS, { payload: segment })
    conversation.send('client', 50 * MS, { acknowledges: 1, sack: [[1001, 2001]] })
    const report = await reportOf(conversation.frames)
    expect(factOf(report, 'sack', 'sackSegments')).toBe(1)
    expect(factOf(report, 'sack', 'sackedBytes')).toBe(1000)
    expect(factOf(report, 'sack', 'dsacks')).toBe(0)
  })

  it('names the sender that sends again what had arrived', async () => {
    const conversation = opened('2001:db8::')
    for (let i = 0; i < 12; i++) {
      const start = 1 + i * 1000
      conversation.send('server', (100 + i * 50) * MS, { payload: segment })
      conversation.send('server', (110 + i * 50) * MS, { payload: segment, at: start })
      conversation.send('client', (120 + i * 50) * MS)
      conversation.send('client', (121 + i * 50) * MS, { sack: [[start, start + 1000]] })
    }
    const report = await reportOf(conversation.frames)
    expect(factOf(report, 'sack', 'dsacks')).toBe(12)
    const [finding] = findingsOf(report, 'tcp-needless-resends')
    expect(finding.key).toBe('tcp-needless-resends:2001:db8::2')
    expect(finding.evidence.total).toBe(12)
  })

  it('finds nothing without SACK', async () => {
    expect(findingsOf(await reportOf(opened('192.0.2.').frames), 'tcp-needless-resends')).toEqual([])
  })
})
