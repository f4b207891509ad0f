import type { CaptureSummary } from '../../report.ts'

/** Time of the latest frame in ns since the first one, as flows count; 0 when no frame has a time. */
export function captureEndNs({ firstTime, latestTime }: CaptureSummary): number {
  if (firstTime === null || latestTime === null) return 0
  return Number(epochNs(latestTime) - epochNs(firstTime))
}

/** Decimal seconds with nine decimals as whole ns. */
function epochNs(text: string): bigint {
  return BigInt(text.replace('.', ''))
}
