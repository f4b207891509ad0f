import type { Unit, Value } from '@pcap-analyzer/engine'
import { timeText as readableTime, shownValue } from '@pcap-analyzer/viewer/format'
import { safeText } from './safe-text.ts'

export { bytesText, countText, decimalText, durationText, pluralText } from '@pcap-analyzer/viewer/format'

/** A value of a section as people read it, safe for a terminal. */
export function valueText(value: Value, unit: Unit): string {
  return typeof value === 'string' ? safeText(shownValue(value, unit)) : shownValue(value, unit)
}

/** UTC of decimal seconds since 1970, safe for a terminal. */
export function timeText(epoch: string): string {
  return safeText(readableTime(epoch))
}
