import type { Unit, Value } from '@pcap-analyzer/engine'
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

/** A duration with three significant digits: `1.25 s`, `38.4 ms`, `812 µs`; from two minutes on `3 min 20 s`, `2 h 5 min`. */
export function durationText(durationNs: number): string {
  const sign = durationNs < 0 ? '-' : ''
  const ns = Math.abs(durationNs)
  const seconds = Math.round(ns / 1e9)
  if (seconds >= 2 * 86_400)
    return `${sign}${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`
  if (seconds >= 2 * 3600) return `${sign}${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
  if (seconds >= 120) return `${sign}${Math.floor(seconds / 60)} min ${seconds % 60} s`
  if (ns >= 1e9) return `${sign}${threeDigits(ns / 1e9)} s`
  if (ns >= 1e6) return `${sign}${threeDigits(ns / 1e6)} ms`
  if (ns >= 1e3) return `${sign}${threeDigits(ns / 1e3)} µs`
  return `${sign}${ns} ns`
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
