import { describe, expect, it } from 'vitest'
import { TcpConversation, type TestFrame } from '../../src/testing/index.ts'
import { factOf, findingsOf, reportOf, rowsOf } from './report-of.ts'

const MS = 1e6
const server = { address: '2001:db8::2', port: 443 }
const segment = new Uint8Array(1400)

function download(port: number, frames: TestFrame[], segments: number): void {
  const conversation = new TcpConversation({ address: '2001:db8::1', port }, server, frames).open(0, 20 * MS)
  for (let i = 0; i < segments; i++) conversation.send('server', (30 + i) * MS, { payload: segment })
  conversation.send('client', (40 + segments) * MS)
}

describe('flows', () => {
  it('takes no download for asymmetric routing, however uneven its bytes', async () => {
    const frames: TestFrame[] = []
    download(50_000, frames, 40)
    const report = await reportOf(frames)
    expect(factOf(report, 'flows', 'nearlyOneWay')).toBe(1)
    expect(factOf(report, 'flows', 'oneWayTcp')).toBe(0)
    expect(findingsOf(report, 'one-way-connections')).toEqual([])
  })

  it('finds connections whose other direction is missing', async () => {
    const frames: TestFrame[] = []
    download(50_000, frames, 40)
    const oneWay: TestFrame[] = []
    const conversation = new TcpConversation({ address: '2001:db8::1', port: 50_001 }, server, oneWay).open(0, 20 * MS)
    for (let i = 0; i < 9; i++) conversation.send('client', (30 + i) * MS, { payload: segment })
    const seen = oneWay.filter((_, i) => i !== 1)
    const report = await reportOf([...frames, ...seen])
    const [finding] = findingsOf(report, 'one-way-connections')
    expect(finding.evidence.total).toBe(1)
    expect(finding.hypotheses[0].accepted).toBe(true)
  })

  it('lists the largest flows with their rate', async () => {
    const frames: TestFrame[] = []
    for (let i = 0; i < 30; i++) download(50_000 + i, frames, i)
    const rows = rowsOf(await reportOf(frames), 'flows', 'largest')
    expect(rows).toHaveLength(20)
    expect(rows[0]).toMatchObject({ initiatorPort: 50_029, responderPort: 443, durationNs: 69 * MS })
    expect(rows[19]).toMatchObject({ initiatorPort: 50_010 })
  })
})
