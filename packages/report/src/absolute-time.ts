import { type CaptureRun, epochText } from '@pcap-analyzer/engine/observe'

/** Turns times since the first frame into seconds since 1970 with nine decimals, as text; null while no frame has a time. */
export function epochOf(run: CaptureRun, timeNs: number): string | null {
  const { firstSeconds, firstNanoseconds } = run.totals
  const ns = firstNanoseconds + timeNs
  const carried = Math.floor(ns / 1e9)
  return epochText(firstSeconds + carried, ns - carried * 1e9)
}
