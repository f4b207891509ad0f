import { describe, expect, it } from 'vitest'
import { absoluteTime, TcpConversation, type TestFrame, udpFrame } from '../../src/testing/index.ts'
import { factOf, findingsOf, reportOf, rowsOf } from './report-of.ts'

const SECOND = 1e9
const client = { address: '192.0.2.1', port: 50_000 }
const server = { address: '192.0.2.2', port: 8443 }
const bytes = (length: number) => new Uint8Array(length)
const ours = ['answer-awaited', 'transfer-interrupted']

/** A connection that sends and answers at these seconds, each answer `answerSeconds` later. */
function polling(seconds: readonly number[], answerSeconds = 0.05, to = server): TestFrame[] {
  const conversation = new TcpConversation(client, to).open(0, 1e7)
  for (const time of seconds) {
    conversation.send('client', time * SECOND, { flags: 'PA', payload: bytes(100) })
    conversation.send('server', (time + answerSeconds) * SECOND, { flags: 'PA', payload: bytes(100) })
  }
  return conversation.frames
}

async function countOf(frames: readonly TestFrame[], kind: string): Promise<number> {
  const row = rowsOf(await reportOf(frames), 'silences', 'kinds').find((one) => one.kind === kind)
  return Number(row?.silences)
}

describe('silences', () => {
  it('tells who was waited for, with the frame of the same flow before and after', async () => {
    const report = await reportOf(polling([1, 9, 30], 3))
    const [finding] = findingsOf(report, ...ours)
    expect(finding).toMatchObject({ kind: 'answer-awaited', key: 'answer-awaited:192.0.2.2:8443' })
    expect(finding.evidence.frames.slice(0, 2)).toEqual([4, 5])
  })

  it('takes the time between an answer and the next question for idleness', async () => {
    const report = await reportOf(polling([1, 5, 20, 31]))
    expect(findingsOf(report, ...ours)).toEqual([])
    expect(rowsOf(report, 'silences', 'kinds').find(({ kind }) => kind === 'idle')).toMatchObject({ silences: 3 })
  })

  it('knows a flow that speaks at regular times and counts none of its silences as others', async () => {
    const report = await reportOf(polling([10, 20, 30, 40, 50]))
    expect(factOf(report, 'silences', 'periodicFlows')).toBe(1)
    expect(rowsOf(report, 'silences', 'kinds').every((row) => row.silences === 0)).toBe(true)
    expect(rowsOf(report, 'silences', 'periodic')).toMatchObject([{ silences: 5 }])
  })

  it('finds a transfer that stops for 3 s in the middle of a message', async () => {
    const conversation = new TcpConversation(client, server).open(0, 1e7)
    for (const time of [0.1, 0.11, 3.2, 3.21])
      conversation.send('server', time * SECOND, { payload: bytes(1400) }).send('client', (time + 0.001) * SECOND)
    const [finding] = findingsOf(await reportOf(conversation.frames), ...ours)
    expect(finding).toMatchObject({ kind: 'transfer-interrupted', severity: 'low' })
  })

  it('does not mind 10 s of thinking in SSH, nor continuous transfer, nor the silence between two flows', async () => {
    expect(await countOf(polling([1, 11.3, 21], 0.05, { ...server, port: 22 }), 'idle')).toBe(0)
    const bulk = new TcpConversation(client, server).open(0, 1e7)
    for (let i = 1; i < 50; i++) bulk.send('server', i * 1e8, { payload: bytes(1400) })
    expect(factOf(await reportOf(bulk.frames), 'silences', 'silentFlows')).toBe(0)
    const frames: TestFrame[] = []
    new TcpConversation(client, server, frames).open(0, 1e7).close(1e8, 1e7)
    new TcpConversation({ ...client, port: 50_001 }, server, frames, 60 * SECOND).open(0, 1e7)
    expect(factOf(await reportOf(frames), 'silences', 'silentFlows')).toBe(0)
  })

  it('calls a keep-alive idleness, and a retransmission recovery from loss', async () => {
    const kept = new TcpConversation(client, server).open(0, 1e7)
    kept.send('client', 1e8, { flags: 'PA', payload: bytes(10) }).send('server', 1.1e8)
    kept.send('client', 45 * SECOND, { at: 10, payload: bytes(1) }).send('server', 45.01 * SECOND)
    expect(await countOf(kept.frames, 'idle')).toBe(1)
    const lost = new TcpConversation(client, server).open(0, 1e7)
    lost.send('client', 1e8, { flags: 'PA', payload: bytes(500) })
    lost.send('client', 4 * SECOND, { flags: 'PA', payload: bytes(500), at: 1 })
    expect(await countOf(lost.frames, 'loss recovery')).toBe(1)
  })

  it('counts a DNS question that is sent again after 6 s', async () => {
    const to = { address: '192.0.2.53', port: 53 }
    const query = udpFrame(client, to, bytes(30))
    const frames = [0, 6].map((second) => ({ bytes: query, ...absoluteTime(second * SECOND) }))
    expect(await countOf(frames, 'answer awaited')).toBe(1)
  })
})
