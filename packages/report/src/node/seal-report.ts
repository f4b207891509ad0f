import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { defaultLimits, type Limits, type Report } from '@pcap-analyzer/engine'
import { type AnalyzeFilesOptions, orderByFirstPacket } from '@pcap-analyzer/engine/node'
import { rulesDigest } from '../verify/rules.ts'
import { sha256OfFile } from './sha256-of-file.ts'

/** The report with what it was made of and how: hashes of the files, options that are not the defaults, rules. */
export function sealReport(report: Report, paths: readonly string[], options: AnalyzeFilesOptions): Report {
  const captures = orderByFirstPacket(paths).map((path) => ({
    name: basename(path),
    bytes: statSync(path).size,
    sha256: sha256OfFile(path),
  }))
  return {
    ...report,
    provenance: {
      captures,
      options: {
        language: options.language ?? 'en',
        latencySeconds: options.latencySeconds ?? null,
        settings: options.settings ?? {},
        limits: changedLimits(options.limits ?? {}),
      },
      rules: rulesDigest(),
    },
  }
}

function changedLimits(limits: Partial<Limits>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(limits).filter(([name, value]) => defaultLimits[name as keyof Limits] !== value),
  )
}
