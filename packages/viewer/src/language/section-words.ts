import { englishLabel, labelIn } from '@pcap-analyzer/engine/labels'

/** A label of a section in the language on show, whichever it was written in. */
export function sectionWord(language: 'en' | 'fr', label: string): string {
  return labelIn(language, englishLabel(label))
}
