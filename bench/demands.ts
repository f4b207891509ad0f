import * as c from './contenders.ts'
import type { Measurement } from './measure.ts'

/** Everything that was measured; a part that was not is empty or null. */
export interface Figures {
  readonly medium: readonly Measurement[]
  readonly manyFlows: readonly Measurement[]
  readonly mediumHeaders: readonly Measurement[]
  readonly long: readonly Measurement[]
  /** ns per packet of `analyze` in a warm process, on the small and on the medium capture. */
  readonly warmSmallNs: number | null
  readonly warmMediumNs: number | null
}

/** One demand with a number, and what was found. `isMet` is null when it could not be measured. */
export interface Verdict {
  readonly demand: string
  readonly found: string
  readonly isMet: boolean | null
}

const MOST_GROWTH_MIB = 10

/** Judges the figures by the demands that the project set itself. */
export function judge(figures: Figures): Verdict[] {
  const { medium, manyFlows } = figures
  const cpu = (name: string) => medium.find((one) => one.name === name && one.failed === 0)?.cpuSeconds.median ?? null
  const ratio = (over: string, under: string): number | null => {
    const [a, b] = [cpu(over), cpu(under)]
    return a === null || b === null ? null : a / b
  }
  return [
    atMost('TCP alone <= 4 x the C baseline', ratio(c.TCP_ONLY, c.BASELINE), 4, 'x'),
    atMost('TCP alone less than tcptrace -n', ratio(c.TCP_ONLY, c.TCPTRACE), 1, 'x'),
    atLeast('facts >= 25 x faster than tshark -T fields', ratio(c.TSHARK, c.FACTS), 25),
    atLeast('analyze >= 15 x faster than tshark -T fields', ratio(c.TSHARK, c.ANALYZE), 15),
    linear(figures),
    atMost('facts on 1 GB: peak <= 200 MiB', peak(medium, c.FACTS), 200, ' MiB'),
    atMost('analyze on 1 GB: peak <= 200 MiB', peak(medium, c.ANALYZE), 200, ' MiB'),
    atMost('facts on 300 000 flows: peak <= 450 MiB', peak(manyFlows, c.FACTS), 450, ' MiB'),
    atMost('analyze on 300 000 flows: peak <= 450 MiB', peak(manyFlows, c.ANALYZE), 450, ' MiB'),
    growth(figures),
  ]
}

function peak(measurements: readonly Measurement[], name: string): number | null {
  return measurements.find((one) => one.name === name && one.failed === 0)?.peakMiB ?? null
}

function atMost(demand: string, value: number | null, limit: number, unit: string): Verdict {
  if (value === null) return { demand, found: 'not measured', isMet: null }
  return { demand, found: `${value.toFixed(2)}${unit}`, isMet: value <= limit }
}

function atLeast(demand: string, value: number | null, limit: number): Verdict {
  if (value === null) return { demand, found: 'not measured', isMet: null }
  return { demand, found: `${value.toFixed(1)} x`, isMet: value >= limit }
}

/** Start-up and compilation are left out by measuring passes of a process that has warmed up on the same file. */
function linear({ warmSmallNs, warmMediumNs }: Figures): Verdict {
  const demand = 'analyze: time per packet of 100 MB and of 1 GB within 15 %, warm'
  if (warmSmallNs === null || warmMediumNs === null) return { demand, found: 'not measured', isMet: null }
  const change = warmMediumNs / warmSmallNs - 1
  const found = `${Math.round(warmSmallNs)} -> ${Math.round(warmMediumNs)} ns, ${(change * 100).toFixed(1)} %`
  return { demand, found, isMet: Math.abs(change) <= 0.15 }
}

function growth({ mediumHeaders, long }: Figures): Verdict {
  const demand = `analyze: no more memory on a capture ten times as long (+ ${MOST_GROWTH_MIB} MiB of noise)`
  const [before, after] = [peak(mediumHeaders, c.ANALYZE), peak(long, c.ANALYZE)]
  if (before === null || after === null) return { demand, found: 'not measured (--long)', isMet: null }
  return { demand, found: `${before.toFixed(0)} -> ${after.toFixed(0)} MiB`, isMet: after <= before + MOST_GROWTH_MIB }
}
