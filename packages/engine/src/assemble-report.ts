import type { AnalyzerResult } from './analyzer.ts'
import { countOnce, type HealthSetting, healthScore, limitBySamples, notSeen, SectionFacts } from './diagnosis/index.ts'
import { type Conclusion, type Finding, MOST_NAMED_FRAMES, severities } from './finding.ts'
import { narrate } from './narrative/narrate.ts'
import { narrateHealth, narrateNotSeen } from './narrative/narrate-health.ts'
import { checkText, narrateQuality } from './narrative/narrate-quality.ts'
import { narrateSection } from './narrative/narrate-section.ts'
import { sampleWords } from './narrative/sample-words.ts'
import type { Language } from './narrative/words.ts'
import { type JudgedQuality, limitConclusion } from './quality/index.ts'
import { type CaptureQuality, type CaptureSummary, REPORT_FORMAT, type Report } from './report.ts'
import { version } from './version.ts'

/** Findings a report lists; the number found is beside them. */
const MOST_FINDINGS = 200

/** What a run came to, before it is put in words. */
export interface Outcome {
  readonly capture: CaptureSummary
  readonly quality: JudgedQuality
  readonly results: readonly AnalyzerResult[]
  /** Weights of the health score. */
  healthSetting(name: HealthSetting): number
}

/** The report of a run: conclusions limited to what the capture supports, in words, most costly first. */
export function assembleReport(outcome: Outcome, language: Language): Report {
  const { capture, quality, results } = outcome
  const sections = results.flatMap(({ section }) => (section === undefined ? [] : [narrateSection(section, language)]))
  const concluded: Conclusion[] = []
  const findings: Finding[] = []
  const withheld: CaptureQuality['withheld'][number][] = []
  const counted = countOnce(results.flatMap((result) => result.conclusions ?? []))
  for (const found of counted.conclusions) {
    const sampled = limitBySamples(found)
    const { conclusion, failed, isWithheld } = limitConclusion(sampled, quality)
    const because = failed.map((check) => checkText(check, quality.vantage, language))
    const few = sampled === found ? [] : [sampleWords[language].few(found.samples ?? 0)]
    if (isWithheld) withheld.push({ kind: found.kind, key: found.key, because })
    else {
      concluded.push(conclusion)
      findings.push(narrate(withNamedFrames(conclusion), language, [...because, ...few]))
    }
  }
  findings.sort(byCost)
  const seen = new Set(counted.kinds)
  for (const { kind } of withheld) seen.delete(kind)
  const facts = new SectionFacts(sections)
  const health = healthScore(facts, concluded, quality, outcome.healthSetting)
  return {
    format: REPORT_FORMAT,
    engine: { name: 'pcap-analyzer', version },
    capture,
    quality: narrateQuality(quality, capture, language, withheld),
    findings: findings.slice(0, MOST_FINDINGS),
    findingCount: findings.length,
    notSeen: narrateNotSeen(notSeen(facts, seen, quality), quality, language),
    health: narrateHealth(health, quality, language),
    sections,
  }
}

/** Most costly first, then most severe, then by key, so that the order depends on nothing else. */
function byCost(a: Finding, b: Finding): number {
  return (
    (b.costNs ?? -1) - (a.costNs ?? -1) ||
    severities.indexOf(b.severity) - severities.indexOf(a.severity) ||
    (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
  )
}

/** A filter that names frames one by one names the first thousand: they are the evidence, and the sentence tells the whole number. */
function withNamedFrames(conclusion: Conclusion): Conclusion {
  const { displayFilter, evidence } = conclusion
  if (!displayFilter.startsWith('frame.number in') || evidence.total <= MOST_NAMED_FRAMES) return conclusion
  return { ...conclusion, evidence: { ...evidence, total: MOST_NAMED_FRAMES } }
}
