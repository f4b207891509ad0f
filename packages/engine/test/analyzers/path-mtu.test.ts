import { describe, expect, it } from 'vitest'
import { absoluteTime, type Endpoint, icmpFrame, TcpConversation } from '../../src/testing/index.ts'
import { factOf, findingsOf, reportOf } from './report-of.ts'

const MS = 1e6
const SECOND = 1e9
const pairs: [string, readonly [Endpoint, Endpoint]][] = [
  [
    'IPv4',
    [
      { address: '192.0.2.1', port: 50_000 },
      { address: '192.0.2.2', port: 80 },
    ],
  ],
  [
    'IPv6',
    [
      { address: '2001:db8::1', port: 50_000 },
      { address: '2001:db8::2', port: 80 },
    ],
  ],
]
const ours = ['path-mtu-black-hole', 'tcp-peer-silent']
const bytes = (length: number) => new Uint8Array(length)

/** A request of 200 bytes passes; the answer's segments of 1 448 bytes are sent again at these seconds. */
function hole([client, server]: readonly [Endpoint, Endpoint], resends: readonly number[]): TcpConversation {
  const conversation = new TcpConversation(client, server).open(0, 20 * MS)
  conversation.send('client', 30 * MS, { flags: 'PA', payload: bytes(200) }).send('server', 50 * MS)
  conversation.send('server', 60 * MS, { payload: bytes(1448) })
  conversation.send('server', 60.1 * MS, { flags: 'PA', payload: bytes(300) })
  // the small segment behind the large ones arrives
  conversation.send('client', 80 * MS, { acknowledges: 1, sack: [[1449, 1749]] })
  for (const time of resends) conversation.send('server', time * SECOND, { at: 1, payload: bytes(1448) })
  return conversation
}

describe.each(pairs)('path MTU over %s', (_, pair) => {
  it('finds large segments that vanish while small ones pass, without any ICMP message', async () => {
    const report = await reportOf(hole(pair, [0.3, 0.8, 1.8, 3.8]).frames)
    const [finding] = findingsOf(report, ...ours)
    expect(finding).toMatchObject({
      kind: 'path-mtu-black-hole',
      key: `path-mtu-black-hole:${pair[1].address} > ${pair[0].address}`,
      severity: 'high',
    })
    expect(finding.evidence.frames).toHaveLength(4)
    expect(finding.hypotheses.map(({ accepted }) => accepted)).toEqual([true, true, false, false])
  })

  it('finds it too when the sender gets through with smaller segments in the end', async () => {
    const conversation = hole(pair, [0.3, 0.8, 1.8])
    conversation.send('server', 3.8 * SECOND, { at: 1, payload: bytes(512) })
    conversation.send('client', 3.82 * SECOND, { acknowledges: 513 })
    const [finding] = findingsOf(await reportOf(conversation.frames), ...ours)
    expect(finding).toMatchObject({ kind: 'path-mtu-black-hole', confidence: 'high' })
  })

  it('does not blame the size where segments as large have passed before', async () => {
    const conversation = new TcpConversation(...(pair as [Endpoint, Endpoint])).open(0, 20 * MS)
    conversation.send('server', 60 * MS, { payload: bytes(1448) }).send('client', 80 * MS)
    conversation.send('server', 100 * MS, { payload: bytes(1448) })
    for (const time of [0.3, 0.8, 1.8]) conversation.send('server', time * SECOND, { at: 1449, payload: bytes(1448) })
    const [finding] = findingsOf(await reportOf(conversation.frames), ...ours)
    expect(finding.kind).toBe('tcp-peer-silent')
  })

  it('finds nothing in a loss that is repaired with a segment of the same size', async () => {
    const conversation = hole(pair, [0.3]).send('client', 0.32 * SECOND)
    expect(findingsOf(await reportOf(conversation.frames), ...ours)).toEqual([])
  })
})

describe('path MTU', () => {
  it('says that the ICMP message was there and did not help', async () => {
    const { frames } = hole(pairs[0][1], [0.3, 0.8, 1.8, 3.8])
    const quoted = [0x45, 0, 5, 220, 0, 0, 0x40, 0, 64, 6, 0, 0, 192, 0, 2, 2, 192, 0, 2, 1, 0, 80, 195, 80, 0, 0, 0, 0]
    const message = Uint8Array.from([3, 4, 0, 0, 0, 0, 1400 >> 8, 1400 & 255, ...quoted])
    frames.push({ bytes: icmpFrame('192.0.2.254', '192.0.2.2', message), ...absoluteTime(70 * MS) })
    const report = await reportOf(frames)
    const [finding] = findingsOf(report, ...ours)
    expect(finding.hypotheses.map(({ accepted }) => accepted)).toEqual([true, false, true, false])
    expect(factOf(report, 'path-mtu', 'tooBig')).toBe(1)
  })
})
