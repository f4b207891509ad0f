import type { Report } from '@pcap-analyzer/engine'
import { showReport } from '@pcap-analyzer/viewer'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useRoute } from 'preact-iso/router'
import { call, Refused } from '../api.ts'
import { Page, Skeleton } from '../parts/page.tsx'
import { useShowing } from '../session/showing.tsx'

const forms = ['html', 'json', 'csv', 'markdown', 'sarif'] as const

/** A report, drawn by the same parts as the file that is read offline. */
export function ReportPage() {
  const { words, language, theme } = useShowing()
  const { params } = useRoute()
  const taskId = params.id ?? ''
  const root = useRef<HTMLDivElement>(null)
  const [report, setReport] = useState<Report | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    setReport(null)
    setProblem(null)
    call<Report>('GET', `/api/reports/${taskId}/json`).then(setReport, (error: unknown) =>
      setProblem(error instanceof Refused ? words.noReport : words.offline),
    )
  }, [taskId])
  useEffect(() => {
    if (report === null || root.current === null) return
    const name = report.capture.files[0]?.name ?? words.report
    document.title = `${name} – ${words.product}`
    showReport(root.current, report, { language, timeZone: 'utc' })
  }, [report, language, theme, words])
  if (report === null) {
    return (
      <Page title={problem ?? words.loading}>
        {problem !== null ? <a href="/history">{words.history}</a> : <Skeleton lines={8} />}
      </Page>
    )
  }
  return (
    <div id="content">
      <nav class="saves" aria-label={words.save}>
        <span class="quiet">{words.save}</span>
        {forms.map((form) => (
          <a key={form} href={`/api/reports/${taskId}/${form}`} download={`${taskId}.${form}`}>
            {form}
          </a>
        ))}
      </nav>
      <div ref={root} class="report-host" />
    </div>
  )
}
