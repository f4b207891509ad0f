import { severityShapes } from '@pcap-analyzer/viewer'
import type { ProgressEvent } from '../answers.ts'
import { useShowing } from '../session/showing.tsx'
import { progressWords } from '../words/progress.ts'

/** What is known of a large capture while it is read; sealed when the report is there. */
export function FirstFindings({ events, isSealed }: { events: readonly ProgressEvent[]; isSealed: boolean }) {
  const { language } = useShowing()
  const words = progressWords[language]
  const begun = events.findLastIndex(({ phase }) => phase === 'starting')
  const message = events.slice(begun + 1).findLast(({ phase }) => phase === 'provisional')?.message ?? null
  if (message === null) return null
  return (
    <section class="card" aria-labelledby="first-title">
      <h2 id="first-title">{words('provisional')}</h2>
      <ol class="compared">
        {message.split('\n').map((line) => (
          <li key={line}>
            <Line text={line} />
          </li>
        ))}
      </ol>
      <p class="quiet" role="status">
        {isSealed ? words('sealed') : words('provisionalNote')}
      </p>
    </section>
  )
}

const severities = ['critical', 'high', 'medium', 'low', 'info'] as const
const SEVERITY = new RegExp(`^(${severities.join('|')}): (.*)$`)

/** `high: what is wrong`, as the service says it, with the mark that reports have. */
function Line({ text }: { text: string }) {
  const { language } = useShowing()
  const [, name, summary] = SEVERITY.exec(text) ?? []
  const severity = severities.find((one) => one === name)
  if (severity === undefined) return <>{text}</>
  return (
    <>
      <span class={`severity severity-${severity}`}>
        <span aria-hidden="true">{severityShapes[severity]}</span> {progressWords[language](`severities.${severity}`)}
      </span>{' '}
      {summary}
    </>
  )
}
