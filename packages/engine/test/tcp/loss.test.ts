import { describe, expect, it } from 'vitest'
import { CaptureRun } from '../../src/capture-run.ts'
import { withLimits } from '../../src/limits.ts'
import * as loss from '../../src/tcp/loss.ts'
import type { Segment } from '../../src/tcp/segment.ts'
import { buildPcapng, TcpConversation, type TestFrame } from '../../src/testing/index.ts'

const MS = 1e6
const client = { address: '192.0.2.1', port: 50_000 }
const server = { address: '192.0.2.2', port: 80 }
const data = new Uint8Array(1000)

interface Verdict {
  loss: number
  isDsack: boolean
  rttNs: number
}

function verdicts(frames: readonly TestFrame[]): Verdict[] {
  const seen: Verdict[] = []
  const listener = { segment: ({ loss, isDsack, rttNs }: Segment) => void seen.push({ loss, isDsack, rttNs }) }
  const run = new CaptureRun(withLimits(), [listener], { ownView: true })
  run.beginFile(null)
  run.input.push(buildPcapng(frames))
  run.input.finish()
  run.drain()
  return seen
}

function opened(): TcpConversation {
  return new TcpConversation(client, server).open(0, 20 * MS)
}

describe('LossView', () => {
  it('says lost before the capture point when the first copy was never seen', () => {
    const tcp = opened()
      .send('server', 30 * MS, { payload: data })
      .send('server', 31 * MS, { payload: data, isUnseen: true })
      .send('server', 32 * MS, { payload: data })
      .send('server', 80 * MS, { at: 1001, payload: data })
    expect(verdicts(tcp.frames).at(-1)?.loss).toBe(loss.LOSS_BEFORE_CAPTURE)
  })

  it('says lost after the capture point when the first copy was seen', () => {
    const tcp = opened()
      .send('server', 30 * MS, { payload: data })
      .send('server', 31 * MS, { payload: data })
      .send('server', 90 * MS, { at: 1, payload: data })
    expect(verdicts(tcp.frames).at(-1)?.loss).toBe(loss.LOSS_AFTER_CAPTURE)
  })

  it('says reordered when a late segment carries an older timestamp', () => {
    const tcp = opened()
    const late = new TcpConversation(client, server).open(0, 20 * MS)
    late.send('server', 30 * MS, { payload: data }).send('server', 31 * MS, { payload: data })
    const bytes = (late.frames.at(-1) as { bytes: Uint8Array }).bytes
    tcp.send('server', 30 * MS, { payload: data }).send('server', 31 * MS, { payload: data, isUnseen: true })
    tcp.send('server', 40 * MS, { payload: data })
    const { seconds, nanoseconds } = tcp.frames.at(-1) as { seconds: number; nanoseconds: number }
    tcp.frames.push({ bytes, seconds, nanoseconds: nanoseconds + 500_000 })
    expect(verdicts(tcp.frames).at(-1)?.loss).toBe(loss.LOSS_REORDERED)
  })

  it('says needless when the receiver had acknowledged the data', () => {
    const tcp = opened()
      .send('server', 30 * MS, { payload: data })
      .send('client', 31 * MS)
      .send('server', 300 * MS, { at: 1, payload: data })
    expect(verdicts(tcp.frames).at(-1)?.loss).toBe(loss.LOSS_NEEDLESS)
  })

  it('recognises the same packet recorded twice before it counts as anything else', () => {
    const tcp = opened().send('server', 30 * MS, { payload: data })
    const copies = tcp.frames.flatMap((frame) => {
      const {
        bytes,
        seconds = 0,
        nanoseconds = 0,
      } = frame as { bytes: Uint8Array; seconds: number; nanoseconds: number }
      return [frame, { bytes, seconds, nanoseconds: nanoseconds + 20_000 }]
    })
    expect(verdicts(copies).map(({ loss }) => loss)).toEqual([0, 1, 0, 1, 0, 1, 0, 1])
  })

  it('recognises a DSACK by a block below the acknowledgment', () => {
    const tcp = opened()
      .send('server', 30 * MS, { payload: data })
      .send('client', 31 * MS)
      .send('server', 300 * MS, { at: 1, payload: data })
      .send('client', 301 * MS, { sack: [[1, 1001]] })
    expect(verdicts(tcp.frames).at(-1)?.isDsack).toBe(true)
  })

  it('takes no RTT sample from data that was sent twice (Karn)', () => {
    const tcp = opened()
      .send('server', 30 * MS, { payload: data })
      .send('client', 35 * MS)
      .send('server', 40 * MS, { payload: data })
      .send('server', 300 * MS, { at: 1001, payload: data })
      .send('client', 305 * MS)
    const samples = verdicts(tcp.frames).map(({ rttNs }) => rttNs)
    expect(samples[4]).toBe(5 * MS)
    expect(samples.at(-1)).toBe(0)
  })

  it('takes the copies of a burst for duplicates of the capture, not for losses', () => {
    const tcp = opened()
    const before = tcp.frames.length
    for (let i = 0; i < 12; i++) tcp.send('server', 30 * MS + i * 1000, { payload: data })
    const copies = tcp.frames.slice(before) as { bytes: Uint8Array; seconds: number; nanoseconds: number }[]
    for (const { bytes, seconds, nanoseconds } of copies)
      tcp.frames.push({ bytes, seconds, nanoseconds: nanoseconds + 12_000 })
    const seen = verdicts(tcp.frames).slice(before)
    expect(seen.map((one) => one.loss)).toEqual([
      ...copies.map(() => loss.LOSS_NONE),
      ...copies.map(() => loss.LOSS_CAPTURE_DUPLICATE),
    ])
  })
})
