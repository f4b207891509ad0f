import { describe, expect, it } from 'vitest'
import type { ProgressEvent } from '../src/app/answers.ts'
import { estimate } from '../src/app/progress/estimate.ts'

const at = (second: number) => new Date(second * 1000).toISOString()
const event = (second: number, phase: string, percent: number, packets: number | null): ProgressEvent => ({
  status: 'processing',
  phase,
  progress_percent: percent,
  packets_processed: packets,
  total_packets: null,
  total_packets_is_estimate: true,
  current_analyzer: null,
  message: null,
  timestamp: at(second),
})

describe('what is guessed of an analysis', () => {
  it('is nothing before two events told of packets', () => {
    const nothing = { packetsPerSecond: null, secondsLeft: null }
    expect(estimate([], 0)).toEqual(nothing)
    expect(estimate([event(1, 'queued', 0, null), event(2, 'reading', 10, 100)], 2000)).toEqual(nothing)
  })

  it('follows from packets and percent since the present attempt began', () => {
    const events = [
      event(0, 'starting', 0, null),
      event(1, 'reading', 80, 1_000_000),
      event(10, 'starting', 0, null),
      event(11, 'reading', 10, 1000),
      event(21, 'reading', 60, 6000),
    ]
    expect(estimate(events, 21_000)).toEqual({ packetsPerSecond: 500, secondsLeft: 8 })
    expect(estimate(events, 24_000).secondsLeft).toBe(5)
    expect(estimate(events, 99_000).secondsLeft).toBe(0)
  })
})
