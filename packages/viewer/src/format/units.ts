import type { Unit, Value } from '@pcap-analyzer/engine'
import { durationText } from '@pcap-analyzer/engine/units'

export { durationText }

import { timeText } from './times.ts'

/** A value of a section as people read it; text as it is. Rates are decimal, sizes binary and say so. */
export function shownValue(value: Value, unit: Unit): string {
  if (value === null) return '-'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return unit === 'time' ? timeText(value) : value
  return formats[unit](value)
}

const formats: Readonly<Record<Unit, (value: number) => string>> = {
  count: countText,
  bytes: bytesText,
  ns: durationText,
  ratio: ratioText,
  bitsPerSecond: (value) => decimalText(value, 'bit/s'),
  packetsPerSecond: (value) => `${countText(Math.round(value))} packets/s`,
  address: String,
  port: String,
  frame: String,
  stream: String,
  protocol: String,
  text: String,
  filter: String,
  time: String,
}

/** `1,234,567`; the same in every locale. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `512 bytes`, `1.50 MiB`. */
export function bytesText(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
  let value = bytes / 1024
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${threeDigits(value)} ${units[unit]}`
}

/** A rate in decimal multiples: `12.3 Mbit/s`. */
export function decimalText(value: number, unit: string): string {
  const prefixes = ['', 'k', 'M', 'G', 'T']
  let scaled = value
  let prefix = 0
  while (scaled >= 1000 && prefix < prefixes.length - 1) {
    scaled /= 1000
    prefix++
  }
  return `${prefix === 0 ? Math.round(scaled) : threeDigits(scaled)} ${prefixes[prefix]}${unit}`
}

/** `1 packet`, `2,000 packets`. */
export function pluralText(count: number, singular: string, plural = `${singular}s`): string {
  return `${countText(count)} ${count === 1 ? singular : plural}`
}

/** A share in percent: `12.3 %`. */
export function ratioText(ratio: number): string {
  return `${threeDigits(100 * ratio)} %`
}

function threeDigits(value: number): string {
  if (value >= 100) return countText(Math.round(value))
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
