import { text } from 'node:stream/consumers'
import { forms, readReport } from '@pcap-analyzer/report'
import { HttpError } from '../http/http-error.ts'
import type { Services } from '../services.ts'
import type { ListedTask } from '../tasks/store.ts'

/** Forms that are made from the stored report when they are asked for. */
export const otherForms: readonly string[] = forms.map(({ id }) => id).filter((id) => id !== 'html' && id !== 'json')

const typesByEnding: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  xml: 'application/xml',
  sarif: 'application/sarif+json',
  json: 'application/json',
  prom: 'text/plain; charset=utf-8',
}

/** One file of a form; with several, `part` names which, else the answer lists them. @throws {HttpError} 404 */
export async function reportForm(
  { blobs }: Services,
  task: ListedTask,
  id: string,
  part: string | undefined,
): Promise<{ name: string; type: string; content: string | Uint8Array }> {
  const stored = task.report_json_path === null ? null : await blobs.open(task.report_json_path)
  const form = forms.find((one) => one.id === id)
  if (stored === null || form === undefined) throw new HttpError(404, `Report not found for task ${task.task_id}`)
  const files = await form.files(readReport(await text(stored)))
  const names = files.map(({ name }) => name)
  if (part === undefined && files.length > 1) {
    return { name: `${id}.json`, type: 'application/json', content: JSON.stringify({ parts: names }) }
  }
  const file = part === undefined ? files[0] : files.find(({ name }) => name === part)
  if (file === undefined) throw new HttpError(404, `There is no part ${part}; there are ${names.join(', ')}`)
  const ending = file.name.split('.').at(-1) ?? ''
  const name = file.name.replace(/[^\w.-]/g, '_')
  return { name, type: typesByEnding[ending] ?? 'application/octet-stream', content: file.content }
}
