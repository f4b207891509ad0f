import { useEffect, useState } from 'preact/hooks'
import { useRoute } from 'preact-iso/router'
import { call } from '../api.ts'
import { clockText, durationText, numberText } from '../format.ts'
import { PacketCount } from '../parts/packet-count.tsx'
import { Page, Skeleton } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useAction } from '../parts/use-action.ts'
import { estimate } from '../progress/estimate.ts'
import { FirstFindings } from '../progress/first-findings.tsx'
import { isPhase } from '../progress/phases.ts'
import { isRunning, useProgress } from '../progress/use-progress.ts'
import { useShowing } from '../session/showing.tsx'
import { progressWords } from '../words/progress.ts'

const MOST_EVENTS = 50

/** How far an analysis is, as it goes. */
export function ProgressPage() {
  const { words, language } = useShowing()
  const more = progressWords[language]
  const { params } = useRoute()
  const taskId = params.id ?? ''
  const { task, events, isMissing, restart } = useProgress(taskId)
  const { isBusy, problem, run } = useAction()
  const latest = events.at(-1)
  const current =
    latest !== undefined && isRunning(latest.status) && task !== null && isRunning(task.status) ? latest : null
  const status = current?.status ?? task?.status
  const runs = status !== undefined && isRunning(status)
  const { elapsed, nowMs } = useElapsed(events[0]?.timestamp, runs, latest?.timestamp)
  const { packetsPerSecond, secondsLeft } = estimate(events, nowMs)
  if (isMissing) {
    return (
      <Page title={words('noReport')}>
        <a href="/history">{words('history')}</a>
      </Page>
    )
  }
  if (task === null || status === undefined) {
    return (
      <Page title={words('loading')}>
        <Skeleton />
      </Page>
    )
  }
  const percent = current?.progress_percent ?? task.progress_percent
  const packets = current?.packets_processed ?? task.total_packets
  const phaseText = (phase: string) => (isPhase(phase) ? words(`phases.${phase}`) : null)
  const leftText = (seconds: number) =>
    seconds < 2 ? more('soon') : more('about', { duration: durationText(seconds) })
  const act = (action: 'cancel' | 'retry') =>
    run(async () => {
      await call('POST', `/api/tasks/${taskId}/${action}`)
      if (action === 'retry') restart()
    })
  return (
    <Page title={words('progressOf', { name: task.filename })}>
      <section class="card progress">
        <div class="progress-head" role="status">
          <strong>{words(`statuses.${status}`)}</strong> <span class="number">{words('percent', { percent })}</span>
        </div>
        <progress max={100} value={percent} aria-label={words('progressOf', { name: task.filename })} />
        <dl class="facts">
          <div class="fact">
            <dt>{words('stage')}</dt>
            <dd>{phaseText(current?.phase ?? status) ?? words(`statuses.${status}`)}</dd>
          </div>
          <div class="fact fact-wide">
            <dt>{words('packetCount')}</dt>
            <dd>
              <PacketCount count={packets} isEstimate={false} />
              {current?.packets_processed != null && current.total_packets !== null && (
                <span class="quiet">
                  {' '}
                  {words('packetsOf')}{' '}
                  <PacketCount count={current.total_packets} isEstimate={current.total_packets_is_estimate} />
                </span>
              )}
            </dd>
          </div>
          <div class="fact">
            <dt>{words('elapsed')}</dt>
            <dd>{elapsed < 10 ? `${numberText(elapsed, language, 1)}\u00a0s` : durationText(elapsed)}</dd>
          </div>
          <div class="fact">
            <dt>{more('rate')}</dt>
            <dd>
              {packetsPerSecond === null
                ? more('unknown')
                : more('perSecond', {
                    packets: packetsPerSecond,
                  })}
            </dd>
          </div>
          <div class="fact">
            <dt>{more('left')}</dt>
            <dd>{!runs || secondsLeft === null ? more('unknown') : leftText(secondsLeft)}</dd>
          </div>
        </dl>
        <Problem text={problem ?? (status === 'failed' ? (task.error_message ?? latest?.message ?? null) : null)} />
        <div class="buttons">
          {runs && (
            <button type="button" disabled={isBusy} onClick={() => act('cancel')}>
              {words('cancelAnalysis')}
            </button>
          )}
          {status === 'completed' && (
            <a class="button primary" href={`/reports/${taskId}`}>
              {words('openReport')}
            </a>
          )}
          {(status === 'failed' || status === 'cancelled') && (
            <button type="button" disabled={isBusy} onClick={() => act('retry')}>
              {words('analyseAgain')}
            </button>
          )}
        </div>
      </section>
      <FirstFindings events={events} isSealed={status === 'completed'} />
      <section class="card" aria-labelledby="events-title">
        <h2 id="events-title">{words('events')}</h2>
        <ol class="events">
          {events
            .slice(-MOST_EVENTS)
            .toReversed()
            .map(({ timestamp, message, phase, packets_processed }, index) => (
              <li key={events.length - index}>
                <time class="quiet" dateTime={timestamp}>
                  {clockText(timestamp, language)}
                </time>{' '}
                {phase === 'failed' ? (message ?? phaseText(phase)) : (phaseText(phase) ?? message ?? phase)}
                {phase === 'reading' && packets_processed !== null && (
                  <span class="quiet"> – {more('packetsRead', { packets: packets_processed })}</span>
                )}
              </li>
            ))}
        </ol>
      </section>
    </Page>
  )
}

/** Seconds since the first event, counting on while the task runs. */
function useElapsed(begin: string | undefined, runs: boolean, end: string | undefined) {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    if (!runs) return undefined
    const timer = setInterval(() => setNowMs(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [runs])
  if (begin === undefined) return { elapsed: 0, nowMs }
  const untilMs = runs || end === undefined ? nowMs : Date.parse(end)
  return { elapsed: Math.max(0, Math.round((untilMs - Date.parse(begin)) / 100) / 10), nowMs }
}
