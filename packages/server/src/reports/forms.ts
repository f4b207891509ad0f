import { forms } from '@pcap-analyzer/report'

/** Forms that are made from the stored report when they are asked for. */
export const otherForms: readonly string[] = forms.map(({ id }) => id).filter((id) => id !== 'html' && id !== 'json')

/** Forms that a stored capture is read for. */
export const captureForms = ['parquet', 'zeek'] as const
export type CaptureFormId = (typeof captureForms)[number]

export function isCaptureForm(form: string): form is CaptureFormId {
  return captureForms.some((one) => one === form)
}

const typesByEnding: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  xml: 'application/xml',
  sarif: 'application/sarif+json',
  json: 'application/json',
  prom: 'text/plain; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
  log: 'text/plain; charset=utf-8',
  pcapng: 'application/x-pcapng',
}

/** The media type of a file by the ending of its name. */
export function mediaTypeOf(name: string): string {
  return typesByEnding[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
}
