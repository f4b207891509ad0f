import { describe, expect, it } from 'vitest'
import { type Endpoint, TcpConversation } from '../../src/testing/index.ts'
import { factOf, findingsOf, reportOf, rowsOf } from './report-of.ts'

const MS = 1e6
const SECOND = 1e9
const payload = new Uint8Array(100)
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
const ours = ['tcp-reset-handshake', 'tcp-reset-request', 'tcp-reset-transfer', 'tcp-half-closed']

async function phaseOf(conversation: TcpConversation): Promise<string> {
  const rows = rowsOf(await reportOf(conversation.frames), 'connection-ends', 'phases')
  const row = rows.find(({ byInitiator, byResponder }) => Number(byInitiator) + Number(byResponder) > 0)
  return `${row?.phase} by ${row?.byInitiator === 1 ? 'initiator' : 'responder'}`
}

describe.each(pairs)('connection ends over %s', (_, [client, server]) => {
  const opened = () => new TcpConversation(client, server).open(0, 10 * MS)
  const asked = () =>
    opened()
      .send('client', 20 * MS, { flags: 'PA', payload })
      .send('server', 30 * MS)
  const answered = () => asked().send('server', 40 * MS, { flags: 'PA', payload })

  it('tells the phase of a reset and who sent it', async () => {
    const refused = new TcpConversation(client, server).send('client', 0, { flags: 'S' })
    expect(await phaseOf(refused.send('server', MS, { flags: 'RA' }))).toBe('handshake by responder')
    expect(await phaseOf(opened().send('client', 20 * MS, { flags: 'RA' }))).toBe('after handshake by initiator')
    expect(await phaseOf(asked().send('server', 50 * MS, { flags: 'RA' }))).toBe('request by responder')
    expect(await phaseOf(answered().send('server', 50 * MS, { flags: 'RA' }))).toBe('transfer by responder')
    expect(await phaseOf(answered().send('client', 60 * SECOND, { flags: 'RA' }))).toBe('idle by initiator')
    const closed = answered().close(100 * MS, 10 * MS)
    expect(await phaseOf(closed.send('client', 200 * MS, { flags: 'R' }))).toBe('after close by initiator')
  })

  it('finds a request that was reset, with the frame of the reset', async () => {
    const report = await reportOf(asked().send('server', 50 * MS, { flags: 'RA' }).frames)
    const [finding] = findingsOf(report, ...ours)
    expect(finding).toMatchObject({ kind: 'tcp-reset-request', displayFilter: 'frame.number in {6}' })
  })

  it('finds nothing in probes, clean closes, idle resets and resets after the close', async () => {
    for (const conversation of [
      opened().send('client', 20 * MS, { flags: 'RA' }),
      answered().close(100 * MS, 10 * MS),
      answered().send('server', 60 * SECOND, { flags: 'RA' }),
      answered()
        .close(100 * MS, 10 * MS)
        .send('server', 200 * MS, { flags: 'R' }),
      answered(),
    ])
      expect(findingsOf(await reportOf(conversation.frames), ...ours)).toEqual([])
  })

  it('names the host that never closes, unless it still sends', async () => {
    const left = answered()
      .send('client', 100 * MS, { flags: 'FA' })
      .send('server', 110 * MS)
    const other = new TcpConversation({ ...client, port: 50_001 }, server, left.frames, 90 * SECOND).open(0, MS)
    const [finding] = findingsOf(await reportOf(other.frames), ...ours)
    expect(finding.key).toBe(`tcp-half-closed:${server.address}`)
    const sending = answered()
      .send('client', 100 * MS, { flags: 'FA' })
      .send('server', 50 * SECOND, { payload })
    new TcpConversation({ ...client, port: 50_001 }, server, sending.frames, 120 * SECOND).open(0, MS)
    expect(findingsOf(await reportOf(sending.frames), ...ours)).toEqual([])
  })

  it('counts the states at the end of the capture, and idle connections without calling them a problem', async () => {
    const idle = answered()
    new TcpConversation({ ...client, port: 50_001 }, server, idle.frames, 60 * SECOND).open(0, MS)
    new TcpConversation({ ...client, port: 50_002 }, server, idle.frames, 60 * SECOND).open(0, MS).close(10 * MS, MS)
    const report = await reportOf(idle.frames)
    const states = Object.fromEntries(
      rowsOf(report, 'connection-ends', 'states').map(({ state, connections }) => [state, connections]),
    )
    expect(states).toMatchObject({ open: 1, 'open without data': 1, closed: 1, reset: 0 })
    expect(factOf(report, 'connection-ends', 'idle')).toBe(1)
    expect(findingsOf(report, ...ours)).toEqual([])
  })
})
