import type { Conclusion, Finding } from './finding.ts'
import { narrate } from './narrative/narrate.ts'
import { narrateHealth, narrateNotSeen } from './narrative/narrate-health.ts'
import { checkText, narrateQuality } from './narrative/narrate-quality.ts'
import { englishSection, narrateSection } from './narrative/narrate-section.ts'
import { sampleWords } from './narrative/sample-words.ts'
import type { Language } from './narrative/words.ts'
import type { JudgedQuality } from './quality/index.ts'
import type { Report } from './report.ts'

/**
 * The same report in another language, without its capture: a finding keeps the numbers that its words are made of. Equal to what
 * the analysis writes in that language. @throws {Error} where this engine does not know a kind of finding of the report.
 */
export function retellReport(report: Report, language: Language): Report {
  const { quality: told, capture, findings, notSeen, health, sections, provenance } = report
  const quality: JudgedQuality = {
    vantage: { place: told.vantagePoint, basis: told.vantageBasis },
    checks: told.checks.map(({ id, ok, numbers }) => ({ id, ok, numbers })),
  }
  const because = new Map(
    told.checks.map(({ text }, i) => [text, checkText(quality.checks[i], quality.vantage, language)]),
  )
  const withheld = told.withheld.map((one) => ({
    ...one,
    because: one.because.map((text) => because.get(text) ?? text),
  }))
  const retold = (finding: Finding) => {
    const few = sampleWords[language].few(finding.samples ?? 0)
    return narrate(
      concluded(finding),
      language,
      finding.limitedBy.map((text) => because.get(text) ?? few),
    )
  }
  return {
    ...report,
    quality: narrateQuality(quality, capture, language, withheld),
    findings: findings.map(retold),
    notSeen: narrateNotSeen(notSeen, quality, language),
    health: narrateHealth(health, quality, language),
    sections: sections.map((section) => narrateSection(englishSection(section), language)),
    ...(provenance === undefined
      ? {}
      : { provenance: { ...provenance, options: { ...provenance.options, language } } }),
  }
}

/** A finding without its words. */
function concluded(finding: Finding): Conclusion {
  const {
    summary: _,
    nextStep: __,
    innocentExplanations: ___,
    confirmOrRefute: ____,
    limitedBy: _____,
    hypotheses,
    samples,
    ...judgment
  } = finding
  const tests = hypotheses.map(({ id, accepted, values }) => ({ id, accepted, values }))
  return { ...judgment, hypotheses: tests, ...(samples === null ? {} : { samples }) }
}
