import { type TransferLimit, transferLimits } from '@pcap-analyzer/engine'
import { generate, scenarios } from '@pcap-analyzer/scenarios'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TransferLimitsOfSide } from '../src/details/transfer-limits.ts'
import { detailsOfCapture } from './support/reports.ts'

/** Shares of the time of the largest transfer of a scenario. */
async function sharesOf(name: string): Promise<Record<TransferLimit, number>> {
  const scenario = scenarios.find((one) => one.name === name)
  if (scenario === undefined) throw new Error(`no scenario ${name}`)
  const { connections } = await detailsOfCapture(generate(scenario).pcap)
  const [largest] = connections
    .flatMap(({ limits }) => limits.filter((one) => one !== null))
    .sort((a, b) => b.payloadBytes - a.payloadBytes)
  const shares = Object.entries(largest.limitNs).map(([limit, ns]) => [limit, ns / largest.durationNs])
  return Object.fromEntries(shares)
}

describe('what held a transfer back, by its story', () => {
  it.each([
    ['satellite-small-window', 'receiver-window', 0.8],
    ['slow-reader', 'receiver-window', 0.9],
    ['zero-window-slow-reader', 'receiver-window', 0.9],
    ['healthy-transfer', 'congestion-window', 0.9],
    ['mirrored-duplicates', 'congestion-window', 0.9],
    ['bufferbloat', 'path', 0.5],
    ['clock-step-forward', 'application', 0.9],
  ] as const)('%s: %s', async (name, limit, least) => expect((await sharesOf(name))[limit]).toBeGreaterThan(least))

  it.each(['loss-before-capture', 'loss-after-capture', 'burst-loss'])('%s: partly loss recovery', async (name) => {
    const shares = await sharesOf(name)
    expect(shares['loss-recovery']).toBeGreaterThan(0.1)
    expect(shares['loss-recovery']).toBeLessThan(0.5)
  })

  it.each(['slow-reader', 'healthy-transfer', 'satellite-small-window'])('%s: no loss recovery', async (name) =>
    expect((await sharesOf(name))['loss-recovery']).toBe(0),
  )
})

describe('TransferLimitsOfSide', () => {
  it('accounts for every nanosecond, whatever is sent and acknowledged', () => {
    const step = fc.record({
      afterNs: fc.integer({ min: 0, max: 1e9 }),
      isData: fc.boolean(),
      isResent: fc.boolean(),
      bytes: fc.constantFrom(1, 600, 1460, 60_000),
      windowBytes: fc.constantFrom(null, 0, 4000, 65_535),
    })
    const steps = fc.array(step, { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 3e8 }), (events, lagNs) => {
        const side = new TransferLimitsOfSide(lagNs)
        const sentAt: number[] = []
        let timeNs = 0
        let sequence = 1
        for (const { afterNs, isData, isResent, bytes, windowBytes } of [...events, { ...events[0], isData: true }]) {
          timeNs += afterNs
          if (isData) {
            sentAt.push(timeNs)
            side.sent({ timeNs, sequence: isResent ? 1 : sequence, payloadBytes: bytes, isResent })
            if (!isResent) sequence += bytes
          } else side.acknowledge({ timeNs, acknowledged: sequence, windowBytes, rttNs: afterNs })
        }
        const result = side.result()
        if (result === null) return
        expect(transferLimits.reduce((sum, limit) => sum + result.limitNs[limit], 0)).toBe(result.durationNs)
        expect(result.durationNs).toBe((sentAt.at(-1) ?? 0) - sentAt[0])
      }),
      { numRuns: 300 },
    )
  })
})
