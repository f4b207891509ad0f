import type { Finding, Report } from '@pcap-analyzer/engine'
import { newContext } from '@pcap-analyzer/viewer'
import { useEffect, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import type { Task, TaskList } from '../answers.ts'
import { call, Refused } from '../api.ts'
import { type ComparedFigure, type Comparison, compareReports } from '../compare/compare-reports.ts'
import { Page, Skeleton } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { Scroller } from '../parts/scroller.tsx'
import { toldIn } from '../report/told-report.ts'
import { useShowing } from '../session/showing.tsx'
import { compareWords } from '../words/compare.ts'

type Both = readonly [before: Report, after: Report]

/** Two reports side by side; the address names them. */
export function ComparePage() {
  const { words: general, language } = useShowing()
  const words = compareWords[language]
  const { query, route } = useLocation()
  const { a = '', b = '' } = query
  const [tasks, setTasks] = useState<readonly Task[]>([])
  const [both, setBoth] = useState<Both | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    call<TaskList>('GET', '/api/history?limit=100&status=completed').then(
      (list) => setTasks(list.tasks),
      () => {},
    )
  }, [])
  useEffect(() => {
    setBoth(null)
    setProblem(null)
    if (a === '' || b === '') return
    const read = async (id: string) =>
      (await toldIn(await call<Report>('GET', `/api/reports/${encodeURIComponent(id)}/json`), language)).report
    Promise.all([read(a), read(b)]).then(setBoth, (error: unknown) =>
      setProblem(error instanceof Refused ? general('noReport') : general('offline')),
    )
  }, [a, b, language])
  const go = (changes: { a?: string; b?: string }) =>
    route(`/compare?${new URLSearchParams({ a, b, ...changes })}`, true)
  return (
    <Page title={words('title')}>
      <p class="lead">{words('lead')}</p>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <TaskChoice label={words('first')} chosen={a} tasks={tasks} onChoose={(id) => go({ a: id })} />
        <TaskChoice label={words('second')} chosen={b} tasks={tasks} onChoose={(id) => go({ b: id })} />
        <button type="button" onClick={() => go({ a: b, b: a })}>
          {words('swap')}
        </button>
      </form>
      <Problem text={problem} />
      {a !== '' && b !== '' && both === null && problem === null && <Skeleton lines={8} />}
      {both !== null && <Differences both={both} comparison={compareReports(...both)} ids={[a, b]} />}
    </Page>
  )
}

interface TaskChoiceProps {
  readonly label: string
  readonly chosen: string
  readonly tasks: readonly Task[]
  readonly onChoose: (id: string) => void
}

function TaskChoice({ label, chosen, tasks, onChoose }: TaskChoiceProps) {
  const { language } = useShowing()
  return (
    <label>
      {label}
      <select value={chosen} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        <option value="">{compareWords[language]('choose')}</option>
        {tasks.map(({ task_id, filename, uploaded_at }) => (
          <option key={task_id} value={task_id}>
            {`${filename} – ${uploaded_at.slice(0, 16).replace('T', ' ')}`}
          </option>
        ))}
      </select>
    </label>
  )
}

interface DifferencesProps {
  readonly both: Both
  readonly comparison: Comparison
  readonly ids: readonly [string, string]
}

function Differences({ both, comparison, ids }: DifferencesProps) {
  const { language } = useShowing()
  const words = compareWords[language]
  const { value, text, label } = newContext(both[1], { language, timeZone: 'utc' })
  const cost = ({ costNs }: Finding) => (costNs === null ? words('noCost') : value(costNs, 'ns'))
  const list = (title: string, ids: string, items: readonly { key: string; said: string; note: string }[]) => (
    <section class="card" aria-labelledby={ids}>
      <h2 id={ids}>
        {title} <span class="count">{items.length}</span>
      </h2>
      {items.length === 0 && <p class="quiet">{words('none')}</p>}
      <ul class="compared">
        {items.map(({ key, said, note }) => (
          <li key={key}>
            {text(said, 600)} <span class="quiet">{note}</span>
          </li>
        ))}
      </ul>
    </section>
  )
  const of = (figure: ComparedFigure) =>
    figure.section === null ? words(figure.label) : `${label(figure.section)}: ${label(figure.label)}`
  const changeOf = ({ before, after, unit }: ComparedFigure) =>
    `${after >= before ? '+' : '−'}${value(Math.abs(after - before), unit)}`
  const alone = (findings: readonly Finding[]) =>
    findings.map((finding) => ({ key: finding.key, said: finding.summary, note: cost(finding) }))
  return (
    <>
      <p>
        {ids.map((id, i) => (
          <>
            {i > 0 && ' · '}
            <a key={id} href={`/reports/${id}`}>
              {text(both[i]?.capture.files[0]?.name ?? '–', 100)}
            </a>
          </>
        ))}
      </p>
      {list(words('appeared'), 'appeared', alone(comparison.appeared))}
      {list(words('gone'), 'gone', alone(comparison.gone))}
      {list(
        words('changed'),
        'changed',
        comparison.both.map(({ before, after }) => ({
          key: after.key,
          said: after.summary,
          note: words('cost', { before: cost(before), after: cost(after) }),
        })),
      )}
      <h2>{words('figures')}</h2>
      <Scroller label={words('figures')}>
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">{words('figure')}</th>
              <th scope="col" class="number">
                {words('first')}
              </th>
              <th scope="col" class="number">
                {words('second')}
              </th>
              <th scope="col" class="number">
                {words('difference')}
              </th>
            </tr>
          </thead>
          <tbody>
            {comparison.figures.map((figure) => (
              <tr key={`${figure.section} ${figure.label}`}>
                <th scope="row">{of(figure)}</th>
                <td class="number">{value(figure.before, figure.unit)}</td>
                <td class="number">{value(figure.after, figure.unit)}</td>
                <td class="number">{changeOf(figure)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </>
  )
}
