import type { Report } from '@pcap-analyzer/engine'
import { useEffect, useState } from 'preact/hooks'
import type { Language } from '../preferences.ts'

/** A report in the words of a language. */
export interface ToldReport {
  readonly report: Report
  /** That of the page, which is not always that of the sentences. */
  readonly language: Language
  /** Whether the sentences are still those of the language it was written in. */
  readonly isAsWritten: boolean
}

/** Tells a report in a language, from the numbers that its findings keep; as it was written where that cannot be done. */
export async function toldIn(report: Report, language: Language): Promise<ToldReport> {
  if ((report.provenance?.options.language ?? language) === language) return { report, language, isAsWritten: false }
  try {
    // the words of both languages weigh as much as the viewer
    const { retellReport } = await import('@pcap-analyzer/engine/retell')
    return { report: retellReport(report, language), language, isAsWritten: false }
  } catch {
    return { report, language, isAsWritten: true }
  }
}

/** A report in the language of the page; the one before stays until it is told anew. */
export function useToldReport(report: Report | null, language: Language): ToldReport | null {
  const [told, setTold] = useState<ToldReport | null>(null)
  useEffect(() => {
    if (report === null) {
      setTold(null)
      return undefined
    }
    let isGone = false
    void toldIn(report, language).then((found) => {
      if (!isGone) setTold(found)
    })
    return () => {
      isGone = true
    }
  }, [report, language])
  return report === null ? null : told
}
