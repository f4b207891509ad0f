import { useEffect, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { KeyTable } from '../palette/key-table.tsx'
import { Page } from '../parts/page.tsx'
import { useShowing } from '../session/showing.tsx'
import { aboutWords } from '../words/about.ts'

interface State {
  readonly status: string
  readonly version: string
  readonly uptime_seconds: number
}

/** What this is, which version runs, and what the keyboard does. */
export function AboutPage() {
  const { language } = useShowing()
  const words = aboutWords[language]
  const [state, setState] = useState<State | null>(null)
  useEffect(() => {
    call<State>('GET', '/api/health').then(setState, () => setState(null))
  }, [])
  const facts = [
    [words('version'), state?.version ?? '–'],
    [words('state'), state?.status ?? '–'],
    [
      words('up'),
      state === null
        ? '–'
        : words('hours', {
            hours: state.uptime_seconds / 3600,
          }),
    ],
    [words('licence'), 'MIT'],
  ]
  return (
    <Page title={words('title')}>
      <p class="lead">{words('lead')}</p>
      <section class="card">
        <dl class="facts">
          {facts.map(([name, text]) => (
            <div class="fact" key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <p>{words('privacy')}</p>
        <p>
          <a href="/docs">{words('documentation')}</a>
        </p>
      </section>
      <section class="card">
        <h2>{words('keys')}</h2>
        <KeyTable />
      </section>
    </Page>
  )
}
