import { describe, expect, it } from 'vitest'
import { analyze } from '../../src/analyze.ts'
import { type CheckId, checkIds } from '../../src/report.ts'
import { buildPcap, buildPcapng, TcpConversation, type TestFrame, tcpFrame, udpFrame } from '../../src/testing/index.ts'
import { checkOf, qualityOf } from './quality-of.ts'

const MS = 1e6
const client = { address: '192.0.2.1', port: 40_000 }
const server = { address: '198.51.100.2', port: 443 }
const data = (length: number) => new Uint8Array(length).fill(65)

/** A connection of `count` segments from the server, 100 µs apart, each acknowledged. */
function download(count = 60, startNs = 0, frames: TestFrame[] = []): TcpConversation {
  const tcp = new TcpConversation(client, server, frames, startNs).open(0, 30 * MS)
  for (let i = 0; i < count; i++) {
    const timeNs = 40 * MS + i * 100_000
    tcp.send('server', timeNs, { payload: data(1000) }).send('client', timeNs + 10_000)
  }
  return tcp
}

async function failed(frames: readonly TestFrame[]): Promise<CheckId[]> {
  return (await qualityOf(frames)).checks.filter(({ ok }) => ok === false).map(({ id }) => id)
}

describe('the checks', () => {
  it('all pass on a clean capture, and the verdict says so', async () => {
    const quality = await qualityOf(download().frames)
    expect(quality.checks.map(({ id, ok }) => [id, ok])).toEqual(checkIds.map((id) => [id, true]))
    expect(quality.verdict).toBe(
      'taken at or beside the clients; nothing speaks against its numbers (9 of 9 checks passed)',
    )
    expect(quality.advice).toEqual([])
  })

  it('have no occasion in a capture without TCP, and none at all in one without packets', async () => {
    const quality = await qualityOf([udpFrame(client, server, data(10))])
    expect(quality.checks.filter(({ ok }) => ok !== null).map(({ id }) => id)).toEqual([
      'whole-packets',
      'monotone-clock',
      'fine-timestamps',
    ])
    const empty = await qualityOf([])
    expect(empty.checks.every(({ ok }) => ok === null)).toBe(true)
    expect(empty.verdict).toBe('the capture holds no packets: it can support nothing')
  })

  it('find connections that are seen in one direction only', async () => {
    const { frames } = download()
    const fromServer = frames.filter((frame) => (frame as { bytes: Uint8Array }).bytes[26] === 198)
    const quality = await qualityOf(fromServer)
    expect(checkOf(quality, 'both-directions')).toMatchObject({ ok: false, numbers: { connections: 1, oneWay: 1 } })
    expect(quality.advice.map(({ check }) => check)).toContain('both-directions')
  })

  it('do not call unanswered SYNs one-way traffic', async () => {
    const tcp = new TcpConversation(client, server)
    tcp.send('client', 0, { flags: 'S' }).send('client', 1000 * MS, { flags: 'S', at: 0 })
    expect(checkOf(await qualityOf(tcp.frames), 'both-directions').ok).toBe(null)
  })

  it('find what was acknowledged but never captured', async () => {
    const tcp = download()
    for (let i = 0; i < 4; i++) {
      const timeNs = 60 * MS + i * MS
      tcp.send('server', timeNs, { payload: data(1000), isUnseen: true }).send('client', timeNs + 10_000)
      tcp.send('server', timeNs + 20_000, { payload: data(1000) }).send('client', timeNs + 30_000)
    }
    const check = checkOf(await qualityOf(tcp.frames), 'no-capture-drops')
    expect(check).toMatchObject({ ok: false, numbers: { dropped: 0 } })
    expect(check.numbers.ackedUnseen).toBeGreaterThanOrEqual(4)
  })

  it('find packets that were recorded twice, but take duplicate ACKs for what they are', async () => {
    const { frames } = download(20)
    const twice = frames.flatMap((frame) => [frame, frame])
    expect(checkOf(await qualityOf(twice), 'no-capture-duplicates').ok).toBe(false)
    const acks = download(20)
    for (let i = 0; i < 9; i++) acks.send('client', 60 * MS + i * 10_000)
    expect(checkOf(await qualityOf(acks.frames), 'no-capture-duplicates').numbers.duplicates).toBe(0)
  })

  it('find segments larger than the MSS', async () => {
    const tcp = download(10).send('server', 60 * MS, { payload: data(4380) })
    expect(await failed(tcp.frames)).toEqual(['no-offload'])
  })

  it('find cut packets and name the snap length', async () => {
    const frames = download().frames.map((frame) => {
      const { bytes, ...time } = frame as { bytes: Uint8Array }
      return { ...time, bytes: bytes.subarray(0, 96), wireLength: bytes.length }
    })
    const { quality } = await analyze([buildPcap(frames, { snapLength: 96 })])
    expect(checkOf(quality, 'whole-packets')).toMatchObject({
      ok: false,
      text: '60 of 123 packets cut short at 96 bytes',
    })
  })

  it('find a clock that steps back, and let records that are only out of order pass', async () => {
    const first = download()
    const stepped = download(60, -3600e9 + 200 * MS, [...first.frames])
    expect(await failed(stepped.frames)).toEqual(['monotone-clock'])
    const [a, b, c, ...rest] = download().frames
    expect(await failed([a, c, b, ...rest])).not.toContain('monotone-clock')
  })

  it('find a clock that jumps forward by what the timestamps of both sides say', async () => {
    const tcp = new TcpConversation(client, server).open(0, 30 * MS)
    for (let i = 1; i <= 100; i++) {
      tcp.send('server', 40 * MS + i * MS, { payload: data(1000) }).send('client', 40 * MS + i * MS + 10_000)
    }
    const jumped = tcp.frames.map((frame, i) => {
      const record = frame as { seconds: number }
      return i < 100 ? record : { ...record, seconds: record.seconds + 60 }
    })
    const check = checkOf(await qualityOf(jumped as TestFrame[]), 'monotone-clock')
    expect(check.ok).toBe(false)
    expect(check.numbers.greatestJumpNs).toBeGreaterThan(59e9)
    expect(check.numbers.greatestJumpNs).toBeLessThan(61e9)
  })

  it('take a pause that both sides know of for a pause', async () => {
    const tcp = new TcpConversation(client, server).open(0, 30 * MS)
    for (let i = 1; i <= 100; i++) {
      const timeNs = 40 * MS + i * MS + (i > 50 ? 60e9 : 0)
      tcp.send('server', timeNs, { payload: data(1000) }).send('client', timeNs + 10_000)
    }
    expect(await failed(tcp.frames)).toEqual([])
  })

  it('find times of no more than milliseconds, by the file or by the times themselves', async () => {
    const rounded = Array.from({ length: 60 }, () => udpFrame(client, server, data(10)))
    expect(checkOf(await qualityOf(rounded), 'fine-timestamps')).toMatchObject({
      ok: false,
      numbers: { resolutionNs: 1e6 },
    })
  })

  it('find connections that began before the capture, and leave probes alone', async () => {
    const { frames } = download()
    expect(await failed(frames.slice(3))).toContain('connection-starts')
    const probes = [1, 2, 3].map((port) => tcpFrame(client, { ...server, port }, { sequence: 1, flags: 'F' }))
    expect(checkOf(await qualityOf(probes), 'connection-starts').ok).toBe(null)
  })
})

describe('the advice', () => {
  it('names the interface where it is safe to, and only there', async () => {
    const frames = [...Array.from({ length: 60 }, () => udpFrame(client, server, data(10)))]
    const commandOf = async (name: string) => {
      const bytes = buildPcapng(frames, { interfaces: [{ linkType: 1, name }] })
      return (await analyze([bytes])).quality.advice.flatMap(({ commands }) => commands)
    }
    expect(await commandOf('eth0')).toEqual(['tcpdump -i eth0 --time-stamp-precision=nano -w fine.pcap'])
    expect(await commandOf('$(reboot)')).toEqual(['tcpdump -i INTERFACE --time-stamp-precision=nano -w fine.pcap'])
  })
})
