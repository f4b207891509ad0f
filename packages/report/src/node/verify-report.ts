import { type Language, type Limits, languages, type Report, version } from '@pcap-analyzer/engine'
import { analyzeFiles, orderByFirstPacket } from '@pcap-analyzer/engine/node'
import { ReportError } from '../errors.ts'
import { reportJson } from '../forms/report-json.ts'
import { type Difference, differencesOf } from '../verify/differences.ts'
import { rulesDigest } from '../verify/rules.ts'
import { addDetails } from './add-details.ts'
import { sealReport } from './seal-report.ts'

/** What a verification came to. */
export interface Verification {
  readonly isIdentical: boolean
  /** Why not, one sentence each, most fundamental first. */
  readonly reasons: readonly string[]
  readonly differences: readonly Difference[]
}

/**
 * Makes a report again from its captures, the way its provenance says, and compares byte by byte.
 * @throws {ReportError} NOT_A_REPORT when it holds no provenance; {EngineError} as analyzeFiles.
 */
export async function verifyReport(
  text: string,
  report: Report,
  paths: readonly string[],
  limits: Partial<Limits> = {},
): Promise<Verification> {
  const { provenance } = report
  if (provenance === undefined) {
    throw new ReportError('NOT_A_REPORT', 'the report does not say what it was made of', {
      hint: 'pcap-analyzer analyze -o NAME CAPTURE writes one that does',
    })
  }
  const { options } = provenance
  const language = languages.find((known): known is Language => known === options.language) ?? 'en'
  const analysis = {
    language,
    settings: options.settings,
    limits: { ...options.limits, ...limits },
    ...(options.latencySeconds === null ? {} : { latencySeconds: options.latencySeconds }),
  }
  const ordered = orderByFirstPacket(paths)
  const analyzed = await analyzeFiles(ordered, analysis)
  const detailed = report.details === undefined ? analyzed : await addDetails(analyzed, ordered, analysis)
  const made = sealReport(detailed, ordered, { ...analysis, limits: options.limits })
  const again = withNames(made, report)
  const differences = differencesOf(report, again)
  const isIdentical = text === reportJson(again, 'pretty') || text === reportJson(again, 'compact')
  return { isIdentical, reasons: isIdentical ? [] : reasonsOf(report, again, differences), differences }
}

/** The report with the names of files that the other states, where their bytes are the same: a copy may be called otherwise. */
function withNames(report: Report, { provenance }: Report): Report {
  const own = report.provenance
  const stated = provenance?.captures ?? []
  const isSame =
    own?.captures.length === stated.length && stated.every(({ sha256 }, i) => own.captures[i].sha256 === sha256)
  if (own === undefined || !isSame) return report
  const files = report.capture.files.map((file, i) => ({ ...file, name: stated[i].name }))
  return { ...report, capture: { ...report.capture, files }, provenance: { ...own, captures: stated } }
}

function reasonsOf(stated: Report, found: Report, differences: readonly Difference[]): string[] {
  const reasons: string[] = []
  const captures = found.provenance?.captures ?? []
  const named = stated.provenance?.captures ?? []
  if (captures.length !== named.length) reasons.push(`the report is of ${named.length} files, not ${captures.length}`)
  for (const [i, { name, sha256, bytes }] of named.entries()) {
    const other = captures[i]
    if (other === undefined || other.sha256 === sha256) continue
    reasons.push(
      `bytes of the capture: ${name} had ${bytes} bytes, SHA-256 ${sha256}; ${other.name} has ${other.bytes} bytes, SHA-256 ${other.sha256}`,
    )
  }
  if (stated.engine.version !== version) {
    reasons.push(`engine version: made by ${stated.engine.version}, this is ${version}`)
  }
  if (stated.provenance?.rules !== rulesDigest())
    reasons.push('rules: analyzers, detectors or their thresholds are others')
  const elsewhere = differences.filter(({ path }) => !path.startsWith('/provenance/'))
  if (elsewhere.length > 0) reasons.push(`content: ${elsewhere.length} values or more differ`)
  else if (reasons.length === 0) {
    reasons.push(
      differences.length > 0
        ? 'configuration: the options that the report states are not those it was made with'
        : 'form: the same values, but not the bytes that this program writes',
    )
  }
  return reasons
}
