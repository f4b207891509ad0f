import { forms } from '@pcap-analyzer/report'

/** Forms that are made from the stored report when they are asked for. */
export const otherForms: readonly string[] = forms.map(({ id }) => id).filter((id) => id !== 'html' && id !== 'json')

const typesByEnding: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  xml: 'application/xml',
  sarif: 'application/sarif+json',
  json: 'application/json',
  prom: 'text/plain; charset=utf-8',
  pcapng: 'application/x-pcapng',
}

/** The media type of a file by the ending of its name. */
export function mediaTypeOf(name: string): string {
  return typesByEnding[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
}
