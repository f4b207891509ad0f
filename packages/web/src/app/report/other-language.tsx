import type { Report } from '@pcap-analyzer/engine'
import { useLocation } from 'preact-iso/router'
import { call } from '../api.ts'
import { Problem } from '../parts/problem.tsx'
import { useAction } from '../parts/use-action.ts'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'
import { reportWords } from '../words/report.ts'

interface OtherLanguageProps {
  readonly taskId: string
  readonly report: Report
  /** Whether the reader may have it written anew. */
  readonly mayWrite: boolean
}

/**
 * The sentences of a report are part of what is sealed, in the language that the account had when it was made: says so where the page speaks
 * another, and offers to have it written in that.
 */
export function OtherLanguage({ taskId, report, mayWrite }: OtherLanguageProps) {
  const { language } = useShowing()
  const words = reportWords[language]
  const { refresh } = useSession()
  const { route } = useLocation()
  const { isBusy, problem, run } = useAction()
  const written = report.provenance?.options.language
  if (written === undefined || written === language) return null
  const writeAnew = () =>
    run(async () => {
      await call('PATCH', '/api/users/me', { language })
      await refresh()
      await call('POST', `/api/tasks/${taskId}/reanalyse`)
      route(`/progress/${taskId}`)
    })
  return (
    <div class="other-language notice">
      <p>{words('otherLanguage')}</p>
      {mayWrite && (
        <button type="button" disabled={isBusy} onClick={() => void writeAnew()}>
          {words('writeAnew')}
        </button>
      )}
      <Problem text={problem} />
    </div>
  )
}
