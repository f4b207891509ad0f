import type { Report, Unit, Value } from '@pcap-analyzer/engine'
import { localTimeText, timeText } from './format/times.ts'
import { shownValue } from './format/units.ts'
import { escapeUnseen } from './format/unseen.ts'
import type { Host } from './host.ts'
import { sectionWord } from './language/section-words.ts'
import { type Words, wordsOf } from './language/words.ts'

/** How a report is shown: language and time zone. */
export interface Showing {
  readonly language: 'en' | 'fr'
  readonly timeZone: 'utc' | 'local'
}

/** What every part needs to show something. */
export interface Context {
  readonly report: Report
  readonly showing: Showing
  readonly words: Words
  readonly host: Host
  /** How deep the titles of charts stand: below a part of the page, or below an analyzer within one. */
  readonly chartLevel: 3 | 4
  /** Captured or narrated text, safe to be read: what is invisible is made visible, what is endless is cut. */
  text(text: string, mostCharacters?: number): string
  /** A value with its unit. */
  value(value: Value, unit: Unit): string
  /** Seconds since 1970 in the chosen time zone. */
  time(epoch: string): string
  /** Ns since the first frame as an absolute time. */
  timeAt(timeNs: number): string
  /** A label of a section in the chosen language. */
  label(label: string): string
}

const MOST_CHARACTERS = 300
/** A number and its unit, which belong on one line. */
const UNIT = /(\d) (%|ns|µs|ms|s|min|bytes|[KMGT]iB|[kMG]?bit\/s|frames?|packets?|segments?)(?![\w])/g

/** Makes the context of a report. */
export function newContext(report: Report, showing: Showing, host: Host = {}): Context {
  const words = wordsOf(showing.language)
  const isFrench = showing.language === 'fr'
  const time = (epoch: string) => (showing.timeZone === 'utc' ? timeText(epoch) : localTimeText(epoch))
  return {
    report,
    showing,
    words,
    host,
    chartLevel: 3,
    text: shownText,
    value: (value, unit) => {
      if (typeof value === 'boolean') return value ? words.yes : words.no
      if (typeof value === 'string') return unit === 'time' ? time(value) : shownText(value)
      const shown = shownValue(value, unit)
      if (!isNumeric(unit)) return shown
      return (isFrench ? frenchNumber(shown) : shown).replaceAll(' ', '\u00a0')
    },
    time,
    timeAt: (timeNs) => {
      const { firstTime } = report.capture
      return firstTime === null ? '' : time(addNs(firstTime, timeNs))
    },
    label: (label) => sectionWord(showing.language, label),
  }
}

function shownText(text: string, mostCharacters = MOST_CHARACTERS): string {
  const shown = escapeUnseen(text).replace(UNIT, '$1\u00a0$2')
  return shown.length > mostCharacters
    ? `${shown.slice(0, mostCharacters)}… (+${shown.length - mostCharacters})`
    : shown
}

function isNumeric(unit: Unit): boolean {
  return ['count', 'bytes', 'ns', 'ratio', 'bitsPerSecond', 'packetsPerSecond'].includes(unit)
}

/** `1,234.5 ms` as `1 234,5 ms`, with a narrow space that does not break. */
export function frenchNumber(text: string): string {
  return text.replace(/(\d),(?=\d{3})/g, '$1\u202f').replace(/(\d)\.(\d)/g, '$1,$2')
}

function addNs(epoch: string, timeNs: number): string {
  const isNegative = epoch.startsWith('-')
  const [whole, decimals] = epoch.replace('-', '').split('.')
  const base = BigInt(whole) * 1_000_000_000n + BigInt(decimals)
  const sum = (isNegative ? -base : base) + BigInt(Math.round(timeNs))
  const size = sum < 0n ? -sum : sum
  return `${sum < 0n ? '-' : ''}${size / 1_000_000_000n}.${String(size % 1_000_000_000n).padStart(9, '0')}`
}
