import { gzipSync } from 'node:zlib'
import { analysisFlagNames, type Details } from '@pcap-analyzer/engine'
import { absoluteTime, buildPcap, type Endpoint, type TestFrame, udpFrame } from '@pcap-analyzer/engine/testing'
import { describe, expect, it } from 'vitest'
import { verdictWords } from '../../viewer/src/parts/tcp-words.ts'
import { BinSeries } from '../src/details/connection-bins.ts'
import { SegmentSampler } from '../src/details/segment-sampler.ts'
import { filterFrames } from '../src/node/index.ts'
import { sample, samples } from './support/captures.ts'
import { detailsOfCapture, writtenReport } from './support/reports.ts'

async function detailsOf(path: string): Promise<Details> {
  const { details } = await writtenReport(path)
  if (details === undefined) throw new Error('no details')
  return details
}

describe('details', () => {
  it.each(samples)('show every finding with its own frames in order: %s', async (path) => {
    const report = await writtenReport(path)
    for (const { key, timelines, connections, frames } of report.details?.findings ?? []) {
      expect(connections).toBeGreaterThanOrEqual(timelines.length)
      const listed = new Set(report.findings.find((finding) => finding.key === key)?.evidence.frames)
      for (const { frame } of frames) expect(listed).toContain(frame)
      for (const { segments, total } of timelines) {
        const numbers = segments.map(({ row }) => row[0])
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
        expect(segments.length).toBeLessThanOrEqual(total)
        for (const { role, row } of segments) if (role === 'evidence') expect(listed).toContain(row[0])
      }
    }
    expect(report.details?.findings.length).toBeGreaterThan(0)
  })

  it('hold the numbers of the segments themselves', async () => {
    const [connection] = (await detailsOf(sample('slow-download'))).connections
    const selected: number[] = []
    await filterFrames(
      [sample('slow-download')],
      `tcp.stream == ${connection.stream}`,
      (_, packet) => void selected.push(packet.number),
    )
    expect(connection.segments.map((row) => row[0])).toEqual(selected)
    expect(connection.total).toBe(selected.length)
    const sent = connection.bins[1].payloadBytes.reduce((sum, bytes) => sum + bytes, 0)
    expect(sent).toBe(connection.segments.filter((row) => row[2] === 1).reduce((sum, row) => sum + row[7], 0))
  })

  it('name who sent within a burst, most bytes first', async () => {
    const calm = { address: '10.0.0.9', port: 4000 }
    const server = { address: '10.0.0.1', port: 7000 }
    const frames: TestFrame[] = []
    for (let i = 0; i < 100; i++) frames.push(datagramAt(i * 1e9, calm, server, 10))
    for (let i = 0; i < 90; i++)
      frames.push(datagramAt(50.1e9 + i * 1e5, { address: `10.0.1.${1 + (i % 3)}`, port: 5000 }, server, 100 * (i % 3)))
    const ordered = frames.toSorted((a, b) => timeOf(a) - timeOf(b))
    const [burst] = (await detailsOfCapture(buildPcap(ordered))).bursts
    expect(burst.sources).toMatchObject([
      { name: '10.0.1.3', packets: 30 },
      { name: '10.0.1.2', packets: 30 },
      { name: '10.0.1.1', packets: 30 },
    ])
    expect(burst.destinations).toMatchObject([{ name: '10.0.0.1', packets: 90 }])
    expect(burst.protocols).toMatchObject([{ name: 'UDP', packets: 90 }])
    expect([burst.firstFrame, burst.lastFrame]).toEqual([52, 141])
  })

  it('name the verdicts as the engine orders them', () => expect(verdictWords).toHaveLength(analysisFlagNames.length))
})

function datagramAt(timeNs: number, from: Endpoint, to: Endpoint, bytes: number): TestFrame {
  return { bytes: udpFrame(from, to, new Uint8Array(bytes)), ...absoluteTime(timeNs) }
}

function timeOf(frame: TestFrame): number {
  if (frame instanceof Uint8Array) throw new Error('a frame without a time')
  return (frame.seconds ?? 0) * 1e9 + (frame.nanoseconds ?? 0)
}

describe('SegmentSampler', () => {
  it('keeps few of many, the remarkable ones among them, evenly', () => {
    const sampler = new SegmentSampler()
    for (let i = 0; i < 200_000; i++) sampler.add([i, i, 0, 0, 0, 0, 0, 0, 0, 0], i % 10_000 === 17)
    const frames = sampler.rows().map((row) => row[0])
    expect(frames.length).toBeLessThanOrEqual(700)
    expect(frames.length).toBeGreaterThan(300)
    for (let i = 17; i < 200_000; i += 10_000) expect(frames).toContain(i)
    expect(sampler.total).toBe(200_000)
  })
})

describe('BinSeries', () => {
  it('keeps sums and extremes however long it lasts', () => {
    const series = new BinSeries()
    const sample = (inFlightBytes: number, windowBytes: number) => ({
      payloadBytes: 10,
      inFlightBytes,
      windowBytes,
      isResent: false,
    })
    for (let i = 0; i < 1000; i++) series.add(i * 1e9, sample(i, 5000 - i))
    series.add(86_400e9, sample(7, 3))
    const { payloadBytes, inFlightBytes, windowBytes, index } = series.result()
    expect(index.length).toBeLessThan(240)
    expect(payloadBytes.reduce((a, b) => a + b, 0)).toBe(10_010)
    expect(Math.max(...inFlightBytes)).toBe(999)
    expect(Math.min(...windowBytes)).toBe(3)
  })

  it('packs to little', () => {
    const series = new BinSeries()
    for (let i = 0; i < 100_000; i++)
      series.add(i * 1e6, { payloadBytes: i % 1400, inFlightBytes: i % 65_535, windowBytes: 65_535, isResent: false })
    expect(gzipSync(JSON.stringify(series.result())).length).toBeLessThan(6000)
  })
})
