import { captureCommands } from '../quality/advice.ts'
import type { JudgedQuality } from '../quality/judge-quality.ts'
import type { CaptureQuality, CaptureSummary, JudgedCheck } from '../report.ts'
import { qualityWords as english } from './en/quality.ts'
import { qualityWords as french } from './fr/quality.ts'
import type { QualityWords } from './quality-words.ts'
import type { Language } from './words.ts'

const words: Readonly<Record<Language, QualityWords>> = { en: english, fr: french }

/** Puts the quality of a capture in words, with the commands for a better one. */
export function narrateQuality(
  { vantage, checks }: JudgedQuality,
  { packets, interfaces }: CaptureSummary,
  language: Language,
  withheld: CaptureQuality['withheld'],
): CaptureQuality {
  const told = words[language]
  const failed = checks.filter(({ ok }) => ok === false)
  const failing = failed.map(({ id }) => told.checks[id].failing)
  const counts = { checks: checks.length, untold: checks.filter(({ ok }) => ok === null).length }
  return {
    verdict: packets === 0 ? told.empty : told.verdict(told.places[vantage.place], failing, counts),
    vantagePoint: vantage.place,
    vantageBasis: vantage.basis,
    checks: checks.map((check) => ({ ...check, text: checkText(check, vantage, language) })),
    advice: failed.map(({ id }) => ({
      check: id,
      text: told.checks[id].advice,
      commands: captureCommands(id, interfaces),
    })),
    withheld,
  }
}

/** A check in words; also why a finding is limited by it. */
export function checkText(check: JudgedCheck, vantage: JudgedQuality['vantage'], language: Language): string {
  return words[language].checks[check.id].text(check.ok, check.numbers, vantage)
}
