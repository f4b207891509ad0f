import type { Report } from '@pcap-analyzer/engine'
import { type ShownReport, showReport } from '@pcap-analyzer/viewer'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useRoute } from 'preact-iso/router'
import { call, Refused } from '../api.ts'
import type { ReportAccess } from '../packets/answers.ts'
import { Page, Skeleton } from '../parts/page.tsx'
import { useToast } from '../parts/toasts.tsx'
import { useLater } from '../parts/use-later.ts'
import { refusalText } from '../refusal-text.ts'
import { ExportMenu } from '../report/export-menu.tsx'
import type { Note } from '../report/notes.ts'
import { reportHost } from '../report/report-host.ts'
import { keepOpen } from '../report/report-place.ts'
import { useToldReport } from '../report/told-report.ts'
import { focusHeading } from '../session/keep-focus.ts'
import { useShowing } from '../session/showing.tsx'
import { reportWords } from '../words/report.ts'

const loadShareDialog = () => import('../report/share-dialog.tsx').then(({ ShareDialog }) => ShareDialog)

interface Loaded {
  readonly report: Report
  readonly access: ReportAccess
}

/** A report, drawn by the same parts as the file that is read offline, with what one can do about it around. */
export function ReportPage() {
  const { words: general, language, theme } = useShowing()
  const words = reportWords[language]
  const { params } = useRoute()
  const taskId = params.id ?? ''
  const tell = useToast()
  const root = useRef<HTMLDivElement>(null)
  const notes = useRef<readonly Note[]>([])
  const [loaded, setLoaded] = useState<Loaded | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const told = useToldReport(loaded?.report ?? null, language)
  const [isSharing, setSharing] = useState(false)
  const ShareDialog = useLater(loadShareDialog, isSharing)
  useEffect(() => {
    setLoaded(null)
    setProblem(null)
    load(taskId).then(
      ({ notes: found, ...rest }) => {
        notes.current = found
        setLoaded(rest)
      },
      (error: unknown) => setProblem(error instanceof Refused ? general('noReport') : general('offline')),
    )
  }, [taskId])
  const save = async (key: string, note: string, tags: readonly string[]) => {
    try {
      notes.current = await call<Note[]>('PUT', `/api/tasks/${taskId}/notes/${encodeURIComponent(key)}`, { note, tags })
      tell(words('noteSaved'))
      return true
    } catch (error) {
      tell(error instanceof Refused ? general('failed', { reason: refusalText(error, language) }) : general('offline'))
      return false
    }
  }
  useEffect(() => {
    if (loaded === null || told === null || root.current === null) return undefined
    const { access } = loaded
    const { report, language: spoken } = told
    document.title = `${report.capture.files[0]?.name ?? general('report')} – ${general('product')}`
    const host = reportHost({
      taskId,
      language: spoken,
      hasPackets: access.level !== 'summary' && access.has_capture,
      hasEvidence: access.level === 'raw' && access.has_capture,
      noteOf: (key) => notes.current.find(({ finding_key }) => finding_key === key),
      onSave: access.is_own ? save : null,
    })
    const shown: ShownReport = showReport(root.current, report, { language: spoken, timeZone: 'utc' }, host)
    if (document.activeElement === document.body) focusHeading(root.current.querySelector('h1'))
    const leave = keepOpen(root.current)
    return () => {
      leave()
      shown.dispose()
    }
  }, [told, theme])
  if (loaded === null || told === null) {
    return (
      <Page title={problem ?? general('loading')}>
        {problem !== null ? <a href="/history">{general('history')}</a> : <Skeleton lines={8} />}
      </Page>
    )
  }
  const { access } = loaded
  return (
    <div id="content">
      <nav class="saves" aria-label={general('report')}>
        {access.level !== 'summary' && access.has_capture && (
          <a href={`/reports/${taskId}/packets`}>{words('packets')}</a>
        )}
        {access.is_own && <a href={`/compare?a=${taskId}`}>{words('compare')}</a>}
        {access.is_own && (
          <button type="button" onClick={() => setSharing(true)}>
            {words('share')}
          </button>
        )}
        {access.level !== 'summary' && (
          <ExportMenu taskId={taskId} hasCapture={access.has_capture} mayHaveCapture={access.level === 'raw'} />
        )}
        {!access.is_own && (
          <span class="quiet">
            {words('sharedBy', { name: access.owner_username ?? '–', level: words(`levels.${access.level}`) })}
          </span>
        )}
      </nav>
      {told.isAsWritten && <p class="other-language notice">{words('otherLanguage')}</p>}
      <div ref={root} class="report-host" />
      {ShareDialog !== null && <ShareDialog taskId={taskId} onClose={() => setSharing(false)} />}
    </div>
  )
}

async function load(taskId: string): Promise<Loaded & { notes: readonly Note[] }> {
  const [report, access] = await Promise.all([
    call<Report>('GET', `/api/reports/${taskId}/json`),
    call<ReportAccess>('GET', `/api/tasks/${taskId}/access`),
  ])
  const notes = access.level === 'summary' ? [] : await call<Note[]>('GET', `/api/tasks/${taskId}/notes`)
  return { report, access, notes }
}
