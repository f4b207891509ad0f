import { useEffect, useState } from 'preact/hooks'
import { AdminAreas } from '../admin/areas.tsx'
import { StorageTable } from '../admin/storage-table.tsx'
import { call } from '../api.ts'
import { numberText } from '../format.ts'
import { Page, Skeleton } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useAction } from '../parts/use-action.ts'
import { useShowing } from '../session/showing.tsx'
import { adminWords } from '../words/admin.ts'

const EVERY_MS = 10_000
type Figures = Readonly<Record<string, unknown>>
const facts = [
  'status',
  'version',
  'uptime_seconds',
  'database',
  'database_dialect',
  'database_latency_ms',
  'memory_mb',
  'disk_space_gb_available',
  'progress_viewers',
  'tasks_pending',
  'tasks_processing',
  'tasks_completed',
  'tasks_failed',
  'queue_available',
] as const
const units: Readonly<Record<string, string>> = {
  uptime_seconds: 's',
  database_latency_ms: 'ms',
  memory_mb: 'MB',
  disk_space_gb_available: 'GB',
}

/** How the service does: health, queue, what is stored by whom. */
export function SystemPage() {
  const { language } = useShowing()
  const words = adminWords[language]
  const { problem, run } = useAction()
  const [figures, setFigures] = useState<readonly [Figures, Figures] | null>(null)
  const read = async () =>
    setFigures(
      await Promise.all([call<Figures>('GET', '/api/health/detailed'), call<Figures>('GET', '/api/queue/status')]),
    )
  useEffect(() => {
    void run(read)
    const timer = setInterval(() => void read().catch(() => {}), EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  const shown = (figure: unknown, name: string) => {
    const text = typeof figure === 'number' ? numberText(figure, language, 1) : String(figure ?? '–')
    return units[name] === undefined ? text : `${text}\u00a0${units[name]}`
  }
  const factsOf = (of: Figures) => (
    <dl class="facts">
      {facts
        .filter((name) => name in of)
        .map((name) => (
          <div class="fact" key={name}>
            <dt>{words(`facts.${name}`)}</dt>
            <dd>{shown(of[name], name)}</dd>
          </div>
        ))}
    </dl>
  )
  return (
    <Page title={words('system')}>
      <AdminAreas />
      <Problem text={problem} />
      {figures === null && problem === null && <Skeleton lines={8} />}
      {figures !== null && (
        <>
          <section class="card" aria-labelledby="health-title">
            <h2 id="health-title">{words('health')}</h2>
            {factsOf(figures[0])}
          </section>
          <section class="card" aria-labelledby="queue-title">
            <h2 id="queue-title">{words('queue')}</h2>
            {factsOf(figures[1])}
          </section>
        </>
      )}
      <StorageTable />
    </Page>
  )
}
