import { frenchLabels } from './fr/labels/index.ts'
import { valueLabels } from './fr/labels/values.ts'
import { englishTimeSentence, frenchTimeSentence } from './fr/time-sentence.ts'
import type { Language } from './words.ts'

/** Words of sections by the English ones, which analyzers write. */
export type Labels = Readonly<Record<string, string>>

/** Labels and titles, by language; English ones stand where they are. */
const labels: Readonly<Record<Exclude<Language, 'en'>, Labels>> = { fr: frenchLabels }
/** Values that are words of our own. */
const values: Readonly<Record<Exclude<Language, 'en'>, Labels>> = { fr: valueLabels }

/** Facts and columns that hold words of our own: section, table and key. Everything else is captured text, or a name. */
export const wordValues: ReadonlySet<string> = new Set([
  'latency.verdict',
  'latency.servers.verdict',
  'latency.conversations.verdict',
  'latency.whatIf.change',
  'latency.whatIf.formula',
  'services.services.service',
  'tcp-health.ourView.class',
  'tcp-health.severities.severity',
  'tcp-health.worstSenders.severity',
  'handshakes.retried.backOff',
  'handshakes.retried.outcome',
  'windows.limits.limit',
  'windows.transfers.limit',
  'connection-ends.states.state',
  'connection-ends.phases.phase',
  'connection-ends.resets.phase',
  'silences.kinds.kind',
  'silences.longest.kind',
  'icmp.unreachable.destination',
])

/** A label or title in a language. One without a word there is a mistake in the program, which the test of every label finds. */
export function labelIn(language: Language, english: string): string {
  return language === 'en' ? english : (labels[language][english] ?? english)
}

/** The English label of one in any language, for those who show a report in another language than it was written in. */
export function englishLabel(label: string): string {
  english ??= new Map(Object.entries(frenchLabels).map(([own, french]) => [french, own]))
  return english.get(label) ?? label
}
let english: Map<string, string> | null = null

/** The same of a value: what {@link valueIn} was given. */
export function englishValue(value: string): string {
  englishWords ??= new Map(Object.entries(valueLabels).map(([own, french]) => [french, own]))
  const words = englishWords
  const known = words.get(value)
  const sentence = known ?? englishTimeSentence(value)
  if (sentence !== null) return sentence
  const colon = value.indexOf(' : ')
  if (colon > 0) return `${value.slice(0, colon)}: ${englishValue(value.slice(colon + 3))}`
  if (!value.endsWith(' %')) return value
  return value
    .split(/, (?=\D)/)
    .map((share) =>
      share.replace(
        /^(\S+) (\S+) %$/,
        (_, owner, number) => `${words.get(owner) ?? owner} ${number.replace(',', '.')} %`,
      ),
    )
    .join(', ')
}
let englishWords: Map<string, string> | null = null

/** A value that is a word of ours, a sentence of whose time it was, comes behind an address, or shares of several: `network 60.0 %, server 40.0 %`. Names stay. */
export function valueIn(language: Language, english: string): string {
  if (language === 'en') return english
  const known = values[language]
  const whole = known[english] ?? frenchTimeSentence(english)
  if (whole !== null) return whole
  const colon = english.indexOf(': ')
  if (colon > 0) return `${english.slice(0, colon)} : ${valueIn(language, english.slice(colon + 2))}`
  if (!english.endsWith(' %')) return english
  return english
    .split(', ')
    .map((share) =>
      share.replace(/^(\S+) (\S+) %$/, (_, owner, number) => `${known[owner] ?? owner} ${number.replace('.', ',')} %`),
    )
    .join(', ')
}
