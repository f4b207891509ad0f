import { describe, expect, it } from 'vitest'
import { TcpConversation, type TestFrame } from '../../src/testing/index.ts'
import { findingsOf, reportOf } from '../analyzers/report-of.ts'

const MS = 1e6
const text = (words: string) => new TextEncoder().encode(words)

/** Requests at an even rate for six seconds, each client with one connection a request. */
function visits(perSecond: number, clients: number, path: (i: number) => string, status: (i: number) => number) {
  const frames: TestFrame[] = []
  for (let i = 0; i < 6 * perSecond; i++) {
    const client = { address: `198.51.100.${1 + (i % clients)}`, port: 10_000 + i }
    new TcpConversation(client, { address: '10.0.0.80', port: 80 }, frames, (i * 1e9) / perSecond)
      .open(0, 2 * MS)
      .send('client', 3 * MS, { payload: text(`GET ${path(i)} HTTP/1.1\r\nHost: a.example\r\n\r\n`) })
      .send('server', 6 * MS, { payload: text(`HTTP/1.1 ${status(i)} X\r\nContent-Length: 0\r\n\r\n`) })
      .close(8 * MS, 2 * MS)
  }
  return reportOf(frames)
}

describe('http-flood', () => {
  it('tells of a server that is asked more than it can serve, with the requests', async () => {
    const report = await visits(
      150,
      100,
      (i) => `/${i % 40}`,
      (i) => (i < 100 ? 200 : 503),
    )
    const [finding] = findingsOf(report, 'http-flood')
    expect(finding).toMatchObject({ key: 'http-flood:10.0.0.80 80', attack: ['T1499.002'], severity: 'medium' })
    expect(finding.evidence.total).toBeGreaterThan(500)
    expect(findingsOf(report, 'http-server-errors')).toMatchObject([{ severity: 'info' }])
  })

  it('tells of programs that ask for the same faster than people', async () => {
    const report = await visits(
      150,
      4,
      () => '/search?q=1',
      () => 200,
    )
    expect(findingsOf(report, 'http-flood')).toHaveLength(1)
  })

  it('is silent about many visitors with pages of their own, and about slow probes of one path', async () => {
    const busy = await visits(
      150,
      100,
      (i) => `/${i % 40}`,
      () => 200,
    )
    const probes = await visits(
      20,
      2,
      () => '/healthz',
      () => 200,
    )
    for (const report of [busy, probes]) expect(findingsOf(report, 'http-flood')).toEqual([])
  })
})
