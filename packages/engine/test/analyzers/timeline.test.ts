import { describe, expect, it } from 'vitest'
import { absoluteTime, type TestFrame, udpFrame } from '../../src/testing/index.ts'
import { factOf, findingsOf, reportOf, rowsOf } from './report-of.ts'

const SECOND = 1e9
const bytes = udpFrame({ address: '192.0.2.1', port: 5000 }, { address: '192.0.2.2', port: 6000 }, new Uint8Array(100))

function framesAt(times: readonly number[]): TestFrame[] {
  return times.map((time) => ({ bytes, ...absoluteTime(Math.round(time * SECOND)) }))
}

/** One frame each `everySeconds` from `start` up to `end`. */
function steady(start: number, end: number, everySeconds: number): number[] {
  return Array.from({ length: Math.round((end - start) / everySeconds) }, (_, i) => start + i * everySeconds)
}

describe('timeline', () => {
  it('counts every frame once in the series', async () => {
    const report = await reportOf(framesAt(steady(0, 30, 0.05)))
    const series = rowsOf(report, 'timeline', 'series')
    expect(series.reduce((sum, { packets }) => sum + Number(packets), 0)).toBe(600)
    expect(series.length).toBeLessThanOrEqual(120)
  })

  it('finds a burst against the mean of all intervals, empty ones included', async () => {
    // one burst in ten minutes of near silence: over intervals with traffic alone it would be the mean itself
    const report = await reportOf(framesAt([...steady(0, 600, 60), ...steady(300.01, 300.09, 0.001)]))
    const [burst] = rowsOf(report, 'timeline', 'bursts')
    expect(factOf(report, 'timeline', 'bursts')).toBe(1)
    expect(burst).toMatchObject({ firstFrame: 6, lastFrame: 86 })
  })

  it('draws neighbouring bursts together and leaves steady traffic alone', async () => {
    const background = steady(0, 60, 0.1)
    const near = [...steady(20.0, 20.1, 0.001), ...steady(20.2, 20.3, 0.001)]
    expect(factOf(await reportOf(framesAt([...background, ...near])), 'timeline', 'bursts')).toBe(1)
    expect(factOf(await reportOf(framesAt(steady(0, 20, 0.001))), 'timeline', 'bursts')).toBe(0)
  })

  it('finds a silent period of a busy capture, with the frames on both sides', async () => {
    const report = await reportOf(framesAt([...steady(0, 20, 0.01), ...steady(28, 48, 0.01)]))
    const [finding] = findingsOf(report, 'capture-silent')
    expect(finding.evidence.frames).toEqual([2000, 2001])
    expect(finding.costNs).toBe(8.01 * SECOND)
    expect(factOf(report, 'timeline', 'silentPeriods')).toBe(1)
  })

  it('takes no silence of a quiet capture for an outage', async () => {
    const report = await reportOf(framesAt(steady(0, 600, 30)))
    expect(findingsOf(report, 'capture-silent')).toEqual([])
    expect(factOf(report, 'timeline', 'silentPeriods')).toBe(19)
  })

  it('finds the rhythm of traffic that comes every 10 s', async () => {
    const beats = steady(0, 300, 10).flatMap((start) => steady(start, start + 0.5, 0.01))
    expect(factOf(await reportOf(framesAt(beats)), 'timeline', 'rhythmNs')).toBe(10 * SECOND)
    expect(factOf(await reportOf(framesAt(steady(0, 300, 0.05))), 'timeline', 'rhythmNs')).toBe(null)
  })

  it('tells hours of the day in UTC', async () => {
    const report = await reportOf(framesAt(steady(0, 3 * 3600, 600)))
    expect(rowsOf(report, 'timeline', 'hours').map(({ hour, packets }) => [hour, packets])).toEqual([
      [0, 6],
      [1, 6],
      [2, 6],
    ])
  })

  it('stays small when a clock jumps by fifty years', async () => {
    const times = steady(0, 100, 0.01)
    const report = await reportOf([...framesAt(times), ...framesAt([1.6e9])])
    expect(factOf(report, 'timeline', 'silentPeriods')).toBe(1)
    expect(rowsOf(report, 'timeline', 'series').length).toBeLessThanOrEqual(120)
  })
})
