import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import { useShowing } from '../session/showing.tsx'
import { reportWords } from '../words/report.ts'

const single = ['html', 'json', 'markdown', 'junit', 'sarif', 'openmetrics'] as const

/** Every form of a report to save; tables come one by one. */
export function ExportMenu({ taskId, hasCapture }: { taskId: string; hasCapture: boolean }) {
  const { language } = useShowing()
  const words = reportWords[language]
  const [tables, setTables] = useState<readonly string[]>([])
  const readTables = () => {
    if (tables.length > 0) return
    call<{ parts: string[] }>('GET', `/api/reports/${taskId}/csv`).then(
      ({ parts }) => setTables(parts),
      () => {},
    )
  }
  const address = (form: string) => `/api/reports/${taskId}/${form}`
  return (
    <details class="menu" onToggle={readTables}>
      <summary>{words('exports')}</summary>
      <ul class="card menu-list">
        {single.map((form) => (
          <li key={form}>
            <a href={address(form)} download={`${taskId}.${form}`}>
              {words('asForm', { form })}
            </a>
          </li>
        ))}
        {tables.map((part) => (
          <li key={part}>
            <a href={`${address('csv')}?part=${encodeURIComponent(part)}`} download={part}>
              {part}
            </a>
          </li>
        ))}
        {hasCapture && (
          <li>
            <a href={`/api/tasks/${taskId}/capture`} download>
              {words('capture')}
            </a>
          </li>
        )}
      </ul>
    </details>
  )
}
