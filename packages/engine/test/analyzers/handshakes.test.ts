import { describe, expect, it } from 'vitest'
import { judgeBackOff } from '../../src/analyzers/handshakes/back-off.ts'
import { type Endpoint, TcpConversation, type TestFrame } from '../../src/testing/index.ts'
import { factOf, findingsOf, reportOf, rowsOf } from './report-of.ts'

const SECOND = 1e9
const MS = 1e6
type Pair = readonly [Endpoint, Endpoint]
const v4: Pair = [
  { address: '192.0.2.1', port: 50_000 },
  { address: '192.0.2.2', port: 443 },
]
const v6: Pair = [
  { address: '2001:db8::1', port: 50_000 },
  { address: '2001:db8::2', port: 443 },
]
const ours = ['tcp-no-answer', 'tcp-refused', 'tcp-syn-retried', 'tcp-half-open', 'tcp-handshake-slow']

function syns(pair: Pair, seconds: readonly number[], frames: TestFrame[] = []): TcpConversation {
  const conversation = new TcpConversation(...pair, frames)
  for (const time of seconds) conversation.send('client', time * SECOND, { flags: 'S', at: 0 })
  return conversation
}

describe('judgeBackOff', () => {
  it('accepts the doubling waits of RFC 6298, those of 16 and 32 s included', () => {
    expect(judgeBackOff([1, 2, 4, 8, 16, 32].map((wait) => wait * SECOND))).toEqual({
      pattern: 'doubling',
      isCompliant: true,
    })
  })

  it('accepts waits that stop to grow at a minute', () => {
    expect(judgeBackOff([16, 32, 64, 64].map((wait) => wait * SECOND)).pattern).toBe('doubling')
  })

  it('knows equal waits before doubling ones, and waits without order', () => {
    expect(judgeBackOff([1, 1, 1, 2, 4].map((wait) => wait * SECOND)).pattern).toBe('equal then doubling')
    expect(judgeBackOff([1, 5, 1].map((wait) => wait * SECOND)).pattern).toBe('irregular')
  })

  it('does not accept a first wait below a second', () => {
    expect(judgeBackOff([0.2 * SECOND, 0.4 * SECOND]).isCompliant).toBe(false)
  })
})

describe.each<[string, Pair]>([
  ['IPv4', v4],
  ['IPv6', v6],
])('handshakes over %s', (_, pair) => {
  it('counts SYNs at 0, 1, 3, 7, 15, 31 and 63 s without an answer as one attempt with six retries', async () => {
    const report = await reportOf(syns(pair, [0, 1, 3, 7, 15, 31, 63]).frames)
    expect(factOf(report, 'handshakes', 'synRetries')).toBe(6)
    expect(factOf(report, 'handshakes', 'compliantAttempts')).toBe(1)
    const [finding] = findingsOf(report, 'tcp-no-answer')
    expect(finding).toMatchObject({ severity: 'medium', costNs: 63 * SECOND })
    expect(finding.evidence.frames).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(finding.displayFilter).toBe('frame.number in {1..7}')
  })

  it('keeps a refusal after retries apart from no answer', async () => {
    const conversation = syns(pair, [0, 1, 3])
    conversation.send('server', 3.01 * SECOND, { flags: 'RA' })
    const report = await reportOf(conversation.frames)
    expect(factOf(report, 'handshakes', 'synRetries')).toBe(2)
    expect(factOf(report, 'handshakes', 'refused')).toBe(1)
    expect(factOf(report, 'handshakes', 'unanswered')).toBe(0)
    expect(findingsOf(report, ...ours).map(({ kind }) => kind)).toEqual(['tcp-refused'])
  })

  it('blames the way to the client, not the server, for repeated SYN-ACKs', async () => {
    const conversation = new TcpConversation(...pair).send('client', 0, { flags: 'S' })
    for (const time of [0.02, 1.02, 3.02, 7.02]) conversation.send('server', time * SECOND, { flags: 'SA', at: 0 })
    const report = await reportOf(conversation.frames)
    expect(factOf(report, 'handshakes', 'synAckRetries')).toBe(3)
    expect(factOf(report, 'handshakes', 'halfOpen')).toBe(1)
    const [finding] = findingsOf(report, ...ours)
    expect(finding.key).toBe(`tcp-half-open:${pair[0].address}`)
    expect(finding.hypotheses.filter(({ accepted }) => accepted)).toHaveLength(1)
    expect(finding.hypotheses.at(-1)).toMatchObject({ statement: 'the server is the cause', accepted: false })
  })

  it('tells a slow server from a long way by the round trip of the data that follows', async () => {
    const slowServer = new TcpConversation(...pair).open(0, 600 * MS)
    slowServer.send('client', 700 * MS, { payload: new Uint8Array(100) }).send('server', 710 * MS)
    expect(findingsOf(await reportOf(slowServer.frames), ...ours)[0].kind).toBe('tcp-handshake-slow-server')
    const longWay = new TcpConversation(...pair).open(0, 600 * MS)
    longWay.send('client', 700 * MS, { payload: new Uint8Array(100) }).send('server', 1300 * MS)
    expect(findingsOf(await reportOf(longWay.frames), ...ours)[0].kind).toBe('tcp-handshake-slow-network')
  })

  it('blames a client that is slow to send the last ACK', async () => {
    const conversation = new TcpConversation(...pair)
    conversation
      .send('client', 0, { flags: 'S' })
      .send('server', 10 * MS, { flags: 'SA' })
      .send('client', 900 * MS)
    const [finding] = findingsOf(await reportOf(conversation.frames), ...ours)
    expect(finding).toMatchObject({ kind: 'tcp-handshake-slow-client', costNs: 890 * MS })
  })

  it('counts handshakes that never end, however long the capture goes on', async () => {
    const frames: TestFrame[] = []
    new TcpConversation(...pair, frames).send('client', 0, { flags: 'S' }).send('server', 10 * MS, { flags: 'SA' })
    const other = { ...pair[0], port: 50_001 }
    new TcpConversation(other, pair[1], frames, 900 * SECOND).open(0, 10 * MS)
    const report = await reportOf(frames)
    expect(factOf(report, 'handshakes', 'attempts')).toBe(2)
    expect(factOf(report, 'handshakes', 'completed')).toBe(1)
    expect(factOf(report, 'handshakes', 'halfOpen')).toBe(1)
  })

  it('finds nothing in quick handshakes, a reused port and a SYN at the very end', async () => {
    const frames: TestFrame[] = []
    new TcpConversation(...pair, frames).open(0, 20 * MS).close(100 * MS, 20 * MS)
    const again = new TcpConversation(pair[0], pair[1], frames, SECOND)
    again.send('client', 0, { flags: 'S', at: 5000 }).send('server', 20 * MS, { flags: 'SA', acknowledges: 5001 })
    again.send('client', 21 * MS, { at: 5001 })
    const last = { ...pair[0], port: 50_001 }
    new TcpConversation(last, pair[1], frames, 2 * SECOND).send('client', 0, { flags: 'S' })
    const report = await reportOf(frames)
    expect(findingsOf(report, ...ours)).toEqual([])
    expect(factOf(report, 'handshakes', 'attempts')).toBe(3)
    expect(factOf(report, 'handshakes', 'completed')).toBe(2)
    expect(factOf(report, 'handshakes', 'waiting')).toBe(1)
  })
})

describe('handshakes', () => {
  it('takes a mirrored SYN for no retry', async () => {
    const [frame] = syns(v4, [0]).frames
    const report = await reportOf([frame, frame])
    expect(factOf(report, 'handshakes', 'synRetries')).toBe(0)
  })

  it('lists repeated attempts with their waits', async () => {
    const conversation = syns(v4, [0, 1, 3])
    conversation.send('server', 3.02 * SECOND, { flags: 'SA' }).send('client', 3.021 * SECOND)
    const report = await reportOf(conversation.frames)
    expect(rowsOf(report, 'handshakes', 'retried')).toMatchObject([
      { firstFrame: 1, syns: 3, waitedNs: 3 * SECOND, backOff: 'doubling', outcome: 'answered' },
    ])
    const [finding] = findingsOf(report, ...ours)
    expect(finding).toMatchObject({ kind: 'tcp-syn-retried', costNs: 3 * SECOND })
    expect(finding.hypotheses[0]).toMatchObject({ accepted: true })
  })
})
