import { describe, expect, it } from 'vitest'
import { absoluteTime, TcpConversation, type TestFrame, udpFrame } from '../../src/testing/index.ts'
import { factOf, findingsOf, reportOf, rowsOf } from './report-of.ts'

const MS = 1e6
const pairs = [
  ['IPv4', '192.0.2.1', '192.0.2.2'],
  ['IPv6', '2001:db8::1', '2001:db8::2'],
] as const

interface Voice {
  readonly packets?: number
  readonly payloadType?: number
  /** Ticks a packet of 20 ms. */
  readonly ticks?: number
  readonly firstSequence?: number
  delayMs?(index: number): number
  isLost?(index: number): boolean
}

/** A voice stream: a packet each 20 ms with its own sequence number and timestamp. */
function voice(from: string, to: string, options: Voice = {}): TestFrame[] {
  const { packets = 200, payloadType = 0, ticks = 160, firstSequence = 65_500 } = options
  const frames: TestFrame[] = []
  for (let i = 0; i < packets; i++) {
    if (options.isLost?.(i)) continue
    const payload = new Uint8Array(172)
    const view = new DataView(payload.buffer)
    view.setUint8(0, 0x80)
    view.setUint8(1, payloadType)
    view.setUint16(2, (firstSequence + i) & 0xffff)
    view.setUint32(4, 1_000_000 + i * ticks)
    view.setUint32(8, 0xdeadbeef)
    const bytes = udpFrame({ address: from, port: 16_384 }, { address: to, port: 16_390 }, payload)
    frames.push({ bytes, ...absoluteTime(i * 20 * MS + (options.delayMs?.(i) ?? 0) * MS) })
  }
  return frames
}

describe.each(pairs)('RTP over %s', (_, from, to) => {
  it('measures no jitter in a steady stream, across the wrap of its sequence numbers', async () => {
    const report = await reportOf(voice(from, to))
    expect(rowsOf(report, 'rtp', 'streams')).toMatchObject([
      { source: '0xdeadbeef', clockRate: 8000, packets: 200, lost: 0, greatestJitterNs: 0 },
    ])
    expect(findingsOf(report, 'rtp-')).toEqual([])
  })

  it('computes the jitter of RFC 3550: a change of 16 ms at every packet settles at 16 ms', async () => {
    const report = await reportOf(voice(from, to, { delayMs: (i) => (i % 2) * 16 }))
    const [stream] = rowsOf(report, 'rtp', 'streams')
    expect(Number(stream.jitterNs) / MS).toBeCloseTo(16, 1)
  })

  it('finds a stream that comes in bunches, with the frames from the limit on', async () => {
    const report = await reportOf(voice(from, to, { delayMs: (i) => (i > 100 ? (7 - (i % 8)) * 19.9 : 0) }))
    const [finding] = findingsOf(report, 'rtp-jitter')
    expect(finding.evidence.frames[0]).toBeGreaterThan(100)
  })

  it('finds loss by the sequence numbers', async () => {
    const report = await reportOf(voice(from, to, { isLost: (i) => i % 20 === 19 }))
    const [finding] = findingsOf(report, 'rtp-loss')
    expect(finding).toMatchObject({ severity: 'medium' })
    expect(rowsOf(report, 'rtp', 'streams')).toMatchObject([{ lost: 9 }])
  })

  it('counts no silence of the speaker as jitter', async () => {
    const pause = (i: number) => (i >= 100 ? 60_000 : 0)
    const frames = voice(from, to, { delayMs: pause, ticks: 160 })
    // the sender's clock goes on while it sends nothing
    for (const frame of frames.slice(100)) {
      if (frame instanceof Uint8Array) continue
      const view = new DataView(frame.bytes.buffer, frame.bytes.length - 172)
      view.setUint32(4, view.getUint32(4) + 480_000)
    }
    expect(findingsOf(await reportOf(frames), 'rtp-jitter')).toEqual([])
  })

  it('learns the clock of a dynamic payload type', async () => {
    const report = await reportOf(voice(from, to, { payloadType: 111, ticks: 960 }))
    expect(rowsOf(report, 'rtp', 'streams')).toMatchObject([{ clockRate: 48_000, greatestJitterNs: 0 }])
  })
})

describe('RTP', () => {
  it('sees no stream in other UDP traffic and no jitter in idle TCP', async () => {
    const frames: TestFrame[] = []
    for (let i = 0; i < 100; i++) {
      const payload = Uint8Array.from({ length: 60 }, (_, at) => (at === 0 ? 0x80 : (i * 7919 + at * 31) & 255))
      const bytes = udpFrame({ address: '192.0.2.1', port: 4000 }, { address: '192.0.2.2', port: 4001 }, payload)
      frames.push({ bytes, ...absoluteTime(i * 20 * MS) })
    }
    const ssh = { address: '192.0.2.2', port: 22 }
    const login = new TcpConversation({ address: '192.0.2.1', port: 50_000 }, ssh, frames).open(0, MS)
    for (let i = 0; i < 30; i++)
      login.send('client', (100 + i * 800) * MS, { flags: 'PA', payload: new Uint8Array(48) })
    const report = await reportOf(frames)
    expect(factOf(report, 'rtp', 'streams')).toBe(0)
    expect(findingsOf(report, 'rtp-')).toEqual([])
  })
})
