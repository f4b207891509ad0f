import { describe, expect, it } from 'vitest'
import { type Endpoint, TcpConversation } from '../../src/testing/index.ts'
import { findingsOf, reportOf } from './report-of.ts'

const MS = 1e6
const pairs: [string, Endpoint, Endpoint][] = [
  ['IPv4', { address: '10.0.0.1', port: 50_000 }, { address: '10.0.0.2', port: 7000 }],
  ['IPv6', { address: '2001:db8::1', port: 50_000 }, { address: '2001:db8::2', port: 7000 }],
]
const small = new Uint8Array(60)

/** Messages in two writes: the second follows the acknowledgment of the first, which takes `ackMs`, after `thenMs`. */
function pieces(client: Endpoint, server: Endpoint, ackMs: number, thenMs: number): TcpConversation {
  const conversation = new TcpConversation(client, server).open(0, 2 * MS)
  for (let i = 1; i <= 10; i++) {
    const timeNs = i * 1000 * MS
    conversation
      .send('client', timeNs, { payload: small })
      .send('server', timeNs + ackMs * MS)
      .send('client', timeNs + (ackMs + thenMs) * MS, { payload: small })
      .send('server', timeNs + (ackMs + thenMs + 3) * MS, { payload: small })
  }
  return conversation
}

describe.each(pairs)('delayed-acks over %s', (_, client, server) => {
  it('finds writes that wait for the delayed acknowledgment of the one before', async () => {
    const report = await reportOf(pieces(client, server, 42, 0.1).frames)
    const [finding] = findingsOf(report, 'tcp-nagle-delayed-ack')
    expect(finding).toMatchObject({ key: `tcp-nagle-delayed-ack:${client.address}`, costNs: 399.5 * MS })
    expect(finding.evidence).toMatchObject({ total: 30 })
    expect(finding.evidence.frames.slice(0, 3)).toEqual([4, 5, 6])
  })

  it('leaves quick acknowledgments and people who pause alone', async () => {
    for (const innocent of [pieces(client, server, 3, 0.1), pieces(client, server, 42, 200)]) {
      expect(findingsOf(await reportOf(innocent.frames), 'tcp-nagle-delayed-ack')).toEqual([])
    }
  })
})
