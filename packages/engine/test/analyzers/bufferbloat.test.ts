import { describe, expect, it } from 'vitest'
import { type Endpoint, TcpConversation } from '../../src/testing/index.ts'
import { findingsOf, reportOf } from './report-of.ts'

const MS = 1e6
const SEGMENT = new Uint8Array(1460)
const pairs: [string, Endpoint, Endpoint][] = [
  ['IPv4', { address: '10.0.0.1', port: 50_000 }, { address: '10.0.0.2', port: 7000 }],
  ['IPv6', { address: '2001:db8::1', port: 50_000 }, { address: '2001:db8::2', port: 7000 }],
]

/** An upload of 300 segments: `i` is sent and acknowledged alone at the times given, acknowledgments in order. */
function upload(client: Endpoint, server: Endpoint, sentMs: (i: number) => number, ackedMs: (i: number) => number) {
  const conversation = new TcpConversation(client, server).open(0, 20 * MS)
  const events = Array.from({ length: 300 }, (_, i) => [
    { atMs: sentMs(i), i, isAck: false },
    { atMs: ackedMs(i), i, isAck: true },
  ]).flat()
  for (const { atMs, i, isAck } of events.sort((a, b) => a.atMs - b.atMs || a.i - b.i)) {
    if (isAck) conversation.send('server', atMs * MS, { acknowledges: 1 + (i + 1) * SEGMENT.length })
    else conversation.send('client', atMs * MS, { payload: SEGMENT })
  }
  return reportOf(conversation.frames)
}

describe.each(pairs)('bufferbloat over %s', (_, client, server) => {
  it('finds a queue that grows as a sender is faster than the link', async () => {
    // sent every 2 ms, taken by the link every 5 ms: the queue grows by 3 ms a segment
    const report = await upload(
      client,
      server,
      (i) => 100 + 2 * i,
      (i) => 120 + 5 * i,
    )
    const [finding] = findingsOf(report, 'bufferbloat')
    expect(finding).toMatchObject({ key: `bufferbloat:${client.address}`, severity: 'medium' })
    expect(finding.hypotheses.filter(({ accepted }) => accepted)).toHaveLength(1)
    expect(finding.summary).toContain('2.34 Mbit/s')
  })

  it('leaves a way alone that is now and then slow whatever is in flight', async () => {
    const report = await upload(
      client,
      server,
      (i) => 100 + 5 * i,
      // the way stops for 150 ms five times, then all comes at once
      (i) => 120 + 5 * i + (i % 40 < 30 ? (30 - (i % 40)) * 5 : 0),
    )
    expect(findingsOf(report, 'bufferbloat')).toEqual([])
  })

  it('leaves late acknowledgments of single segments alone', async () => {
    const report = await upload(
      client,
      server,
      (i) => 100 + 400 * i,
      (i) => 300 + 400 * i,
    )
    expect(findingsOf(report, 'bufferbloat')).toEqual([])
  })
})
