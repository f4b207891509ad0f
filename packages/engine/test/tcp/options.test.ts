import { describe, expect, it } from 'vitest'
import { CaptureRun } from '../../src/capture-run.ts'
import { withLimits } from '../../src/limits.ts'
import { DUPLICATE_ACK } from '../../src/tcp/analysis-flags.ts'
import { SUMMARY_SACK_PERMITTED, SUMMARY_TIMESTAMPS } from '../../src/tcp/connection-record.ts'
import type { Segment } from '../../src/tcp/segment.ts'
import { buildPcap, type TestFrame, tcpFrame } from '../../src/testing/index.ts'

const client = { address: '10.0.0.1', port: 1111 }
const server = { address: '10.0.0.2', port: 9999 }

/** What `look` sees of each segment of a capture. */
function lookAt<T>(frames: readonly TestFrame[], look: (segment: Segment) => T): T[] {
  const seen: T[] = []
  const run = new CaptureRun(withLimits({}), [{ segment: (segment) => seen.push(look(segment)) }])
  run.beginFile(null)
  run.input.push(buildPcap(frames))
  run.input.finish()
  run.drain()
  run.endFile()
  return seen
}

function segmentWith(options: readonly number[], flags = 'S'): Uint8Array {
  return tcpFrame(client, server, { sequence: 1000, flags, options })
}

describe('walkTcpOptions', () => {
  it('sums up the first of an option that occurs twice, and SACK permitted of any length', () => {
    const [summary] = lookAt(
      [segmentWith([2, 4, 5, 180, 2, 4, 2, 24, 4, 3, 0, 1])],
      ({ optionSummary }) => optionSummary,
    )
    expect(summary & 0xffff).toBe(1460)
    expect(summary & SUMMARY_SACK_PERMITTED).not.toBe(0)
  })

  it('knows timestamps by their value where the snap length cut off the echo', () => {
    const bytes = segmentWith([8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1])
    const cut = { bytes: bytes.subarray(0, 54 + 6), wireLength: bytes.length }
    const [seen] = lookAt([cut], ({ optionSummary, isShown }) => ({ optionSummary, isShown }))
    expect(seen.optionSummary & SUMMARY_TIMESTAMPS).not.toBe(0)
    expect(seen.isShown).toBe(false)
  })

  it('gives up at a SACK option without a block where a duplicate SACK is suspected', () => {
    const shown = lookAt(
      [segmentWith([5, 3, 0, 1], 'A'), segmentWith([5, 10, 0, 0, 0, 9, 0, 0, 0, 10, 1, 1], 'A')],
      ({ isShown }) => isShown,
    )
    expect(shown).toEqual([false, true])
  })

  it('gives up at a Multipath option that promises more than it holds, and forgets its kind', () => {
    const ack = (options: readonly number[]) =>
      tcpFrame(client, server, { sequence: 1000, acknowledgment: 77, options })
    const duplicates = (options: readonly number[]) =>
      lookAt([ack([]), ack([]), ack(options), ack([])], ({ flags }) => (flags & DUPLICATE_ACK) !== 0).at(-1)
    const whole = [30, 8, 0x20, 1, 0, 0, 0, 9]
    const broken = [30, 8, 0x20, 5, 0, 0, 0, 9]
    expect(duplicates(whole)).toBe(false)
    expect(duplicates(broken)).toBe(true)
    expect(lookAt([ack(whole), ack(broken)], ({ isShown }) => isShown)).toEqual([true, false])
  })
})
