import { describe, expect, it } from 'vitest'
import { type Endpoint, TcpConversation } from '../../src/testing/index.ts'
import { factOf, findingsOf, reportOf, rowsOf } from './report-of.ts'

const MS = 1e6
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
const segment = new Uint8Array(1400)

/** A download in rounds: the server sends so many segments, the client acknowledges them one round trip later. */
function download(
  [client, server]: readonly [Endpoint, Endpoint],
  options: { rounds: number; perRound: number; rttMs: number; window: number; restMs?: number },
): TcpConversation {
  const conversation = new TcpConversation(client, server).open(0, options.rttMs * MS)
  let timeNs = 100 * MS
  for (let round = 0; round < options.rounds; round++) {
    for (let i = 0; i < options.perRound; i++) conversation.send('server', timeNs + i * 10_000, { payload: segment })
    timeNs += options.rttMs * MS
    conversation.send('client', timeNs, { window: options.window })
    timeNs += (options.restMs ?? 0) * MS + 100_000
  }
  return conversation
}

const limitOf = async (conversation: TcpConversation) =>
  rowsOf(await reportOf(conversation.frames), 'windows', 'transfers')[0].limit

describe.each(pairs)('windows over %s', (_, pair) => {
  it('applies the window scale, so that a healthy connection has no small window', async () => {
    const report = await reportOf(download(pair, { rounds: 20, perRound: 10, rttMs: 20, window: 502 }).frames)
    expect(factOf(report, 'windows', 'smallSides')).toBe(0)
    expect(rowsOf(report, 'windows', 'transfers')[0]).toMatchObject({ leastWindowBytes: 502 * 128 })
    expect(findingsOf(report, 'tcp-receiver-full', 'tcp-window-too-small')).toEqual([])
  })

  it('names the receiver that closes its window, not the sender', async () => {
    const [client] = pair
    const conversation = download(pair, { rounds: 20, perRound: 10, rttMs: 20, window: 502 })
    conversation.send('server', 900 * MS, { payload: segment }).send('client', 920 * MS, { window: 0 })
    conversation.send('client', 3920 * MS, { window: 502 }).send('server', 3940 * MS, { payload: segment })
    const report = await reportOf(conversation.frames)
    const [finding] = findingsOf(report, 'tcp-receiver-full')
    expect(finding).toMatchObject({
      key: `tcp-receiver-full:${client.address}`,
      severity: 'high',
      costNs: 3000 * MS,
    })
    expect(finding.evidence.total).toBe(2)
    expect(rowsOf(report, 'windows', 'transfers')[0].limit).toBe('receiver')
  })

  it('says what limited a transfer', async () => {
    const tooSmall = download(pair, { rounds: 40, perRound: 11, rttMs: 80, window: 128 })
    expect(await limitOf(tooSmall)).toBe('receiver')
    const [finding] = findingsOf(await reportOf(tooSmall.frames), 'tcp-window-too-small')
    expect(finding.key).toBe(`tcp-window-too-small:${pair[0].address}`)
    // half of the 40 rounds of 80 ms, of which the first and the last are cut short
    expect(finding.costNs).toBeGreaterThan(0.4 * 40 * 80 * MS)
    expect(finding.costNs).toBeLessThanOrEqual(0.5 * 40 * 80 * MS)
    expect(await limitOf(download(pair, { rounds: 90, perRound: 1, rttMs: 20, window: 502, restMs: 100 }))).toBe(
      'sending application',
    )
    expect(await limitOf(download(pair, { rounds: 40, perRound: 10, rttMs: 20, window: 502 }))).toBe(
      'window of the sender',
    )
  })
})

describe('windows', () => {
  it('takes no RST with a window of 0 for a closed window', async () => {
    const conversation = download(pairs[0][1], { rounds: 5, perRound: 2, rttMs: 20, window: 502 })
    conversation.send('client', 900 * MS, { flags: 'RA', window: 0 })
    expect(factOf(await reportOf(conversation.frames), 'windows', 'zeroWindows')).toBe(0)
  })
})
