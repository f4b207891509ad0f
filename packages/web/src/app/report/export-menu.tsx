import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import { Menu } from '../parts/menu.tsx'
import { useShowing } from '../session/showing.tsx'
import { reportWords } from '../words/report.ts'

const single = [
  ['html', 'HTML'],
  ['json', 'JSON'],
  ['markdown', 'Markdown'],
  ['junit', 'JUnit'],
  ['sarif', 'SARIF'],
  ['openmetrics', 'OpenMetrics'],
] as const
/** Forms of many files, of which each is offered. */
const tables = ['csv'] as const
const captureTables = ['parquet', 'zeek'] as const

interface ExportMenuProps {
  readonly taskId: string
  /** Whether the capture is still there to be read. */
  readonly hasCapture: boolean
  /** Whether it may be had as it is. */
  readonly mayHaveCapture: boolean
}

/** Every form of a report to save; tables come one by one. */
export function ExportMenu({ taskId, hasCapture, mayHaveCapture }: ExportMenuProps) {
  const { language } = useShowing()
  const words = reportWords[language]
  const [files, setFiles] = useState<readonly (readonly [form: string, part: string])[]>([])
  const readFiles = async () => {
    if (files.length > 0) return
    const all = [...tables, ...(hasCapture ? captureTables : [])].map(async (form) => {
      const { parts } = await call<{ parts: string[] }>('GET', `/api/reports/${taskId}/${form}`)
      return parts.map((part) => [form, part] as const)
    })
    setFiles((await Promise.all(all)).flat())
  }
  const address = (form: string) => `/api/reports/${taskId}/${form}`
  const items = [
    ...single.map(([form, name]) => ({
      label: words('asForm', { form: name }),
      address: address(form),
      name: `${taskId}.${form}`,
    })),
    ...files.map(([form, part]) => ({
      label: form === 'zeek' ? words('zeekLog', { name: part }) : part,
      address: `${address(form)}?part=${encodeURIComponent(part)}`,
      name: part,
    })),
    ...(hasCapture && mayHaveCapture
      ? [{ label: words('capture'), address: `/api/tasks/${taskId}/capture`, name: true as const }]
      : []),
  ]
  return (
    <Menu
      label={words('exports')}
      items={items.map((item) => ({ is: 'file', ...item }))}
      onOpen={() => void readFiles().catch(() => {})}
    />
  )
}
