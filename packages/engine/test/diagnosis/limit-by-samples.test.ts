import { describe, expect, it } from 'vitest'
import { type SegmentOptions, TcpConversation } from '../../src/testing/index.ts'
import { findingsOf, reportOf } from '../analyzers/report-of.ts'

const MS = 1e6
const client = { address: '10.0.0.1', port: 50_000 }
const server = { address: '10.0.0.2', port: 7000 }
const data = new Uint8Array(100)

/** A connection that sends so many segments, one of them twice, each acknowledged. */
function transfer(segments: number) {
  const conversation = new TcpConversation(client, server).open(0, 20 * MS)
  const send = (timeNs: number, options: SegmentOptions) => conversation.send('client', timeNs, options)
  for (let i = 0; i < segments; i++) {
    const timeNs = (i + 1) * 1000 * MS
    send(timeNs, { payload: data })
    if (i === 0) send(timeNs + 300 * MS, { payload: data, at: 1 })
    conversation.send('server', timeNs + 320 * MS)
  }
  return reportOf(conversation.frames)
}

describe('few samples', () => {
  it('leave a share with less confidence, and the finding says so', async () => {
    const told = async (segments: number) => findingsOf(await transfer(segments), 'tcp-loss')[0]
    expect(await told(2)).toMatchObject({ confidence: 'low', limitedBy: ['it rests on 3 samples only'] })
    expect(await told(11)).toMatchObject({ confidence: 'medium', limitedBy: ['it rests on 12 samples only'] })
    expect((await told(400)).limitedBy).toEqual([])
  })

  it('give no percentile: its place says of how many', async () => {
    const fact = async (segments: number, key: string) =>
      (await transfer(segments)).sections.find(({ id }) => id === 'rtt')?.facts.find((one) => one.key === key)
    expect(await fact(2, 'dataP95Ns')).toMatchObject({ value: null, samples: 3, note: '3 samples: too few to tell' })
    expect(await fact(30, 'dataP95Ns')).toMatchObject({ value: 320 * MS, samples: 31 })
    expect(await fact(30, 'dataP99Ns')).toMatchObject({ value: null, samples: 31 })
    expect((await fact(120, 'dataP99Ns'))?.value).toBe(320 * MS)
  })
})
