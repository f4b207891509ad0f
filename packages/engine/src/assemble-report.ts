import type { AnalyzerResult } from './analyzer.ts'
import { type Finding, severities } from './finding.ts'
import { narrate } from './narrative/narrate.ts'
import { checkText, narrateQuality } from './narrative/narrate-quality.ts'
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
}

/** The report of a run: conclusions limited to what the capture supports, in words, most costly first. */
export function assembleReport({ capture, quality, results }: Outcome, language: Language): Report {
  const findings: Finding[] = []
  const withheld: CaptureQuality['withheld'][number][] = []
  for (const found of results.flatMap((result) => result.conclusions ?? [])) {
    const { conclusion, failed, isWithheld } = limitConclusion(found, quality)
    const because = failed.map((check) => checkText(check, quality.vantage, language))
    if (isWithheld) withheld.push({ kind: found.kind, key: found.key, because })
    else findings.push(narrate(conclusion, language, because))
  }
  findings.sort(byCost)
  return {
    format: REPORT_FORMAT,
    engine: { name: 'pcap-analyzer', version },
    capture,
    quality: narrateQuality(quality, capture, language, withheld),
    findings: findings.slice(0, MOST_FINDINGS),
    findingCount: findings.length,
    sections: results.flatMap(({ section }) => (section === undefined ? [] : [section])),
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
