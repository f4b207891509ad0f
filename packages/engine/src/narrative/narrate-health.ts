import type { JudgedHealth } from '../diagnosis/health-score.ts'
import type { JudgedAbsence } from '../diagnosis/not-seen.ts'
import type { JudgedQuality } from '../quality/judge-quality.ts'
import type { CheckId, Health, NotSeen } from '../report.ts'
import { healthWords as english } from './en/health.ts'
import { healthWords as french } from './fr/health.ts'
import type { HealthWords } from './health-words.ts'
import { checkText } from './narrate-quality.ts'
import type { Language } from './words.ts'

const words: Readonly<Record<Language, HealthWords>> = { en: english, fr: french }

/** Puts the health score and its parts in words. */
export function narrateHealth(health: JudgedHealth, quality: JudgedQuality, language: Language): Health {
  const told = words[language]
  const { score, grade, parts, security } = health
  return {
    score,
    grade,
    text: score === null || grade === null ? told.unknown : told.score(score, told.grades[grade]),
    parts: parts.map((part) => {
      const metric = told.metrics[part.id]
      const reasons = reasonsOf(part.failedChecks, quality, language)
      return { ...part, text: part.missing === null ? told.known(metric, part) : told.missing(metric, part, reasons) }
    }),
    security: { ...security, text: told.security(security) },
  }
}

/** Puts what was not seen in words. */
export function narrateNotSeen(
  absences: readonly JudgedAbsence[],
  quality: JudgedQuality,
  language: Language,
): NotSeen[] {
  const told = words[language]
  return absences.map(({ id, of, isVisible, failedChecks }) => {
    const visible = isVisible ? told.visible : told.invisible(reasonsOf(failedChecks, quality, language))
    return { id, of, isVisible, failedChecks, text: told.notSeen(told.phenomena[id](of), visible) }
  })
}

function reasonsOf(ids: readonly CheckId[], { checks, vantage }: JudgedQuality, language: Language): string[] {
  return checks.filter(({ id }) => ids.includes(id)).map((check) => checkText(check, vantage, language))
}
