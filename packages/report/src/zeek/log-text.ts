/** A column of a log: name and type as Zeek writes them. */
export type LogColumn = readonly [name: string, type: string]

/** Value of a column as Zeek's ASCII writer prints it; null is unset. */
export type LogValue = string | number | boolean | null | readonly string[]

/** The columns that every log begins with: time, connection, its ends. */
export const headColumns: readonly LogColumn[] = [
  ['ts', 'time'],
  ['uid', 'string'],
  ['id.orig_h', 'addr'],
  ['id.orig_p', 'port'],
  ['id.resp_h', 'addr'],
  ['id.resp_p', 'port'],
]

/** The lines before the first row; times are left out, because the same capture must give the same bytes. */
export function logHead(path: string, columns: readonly LogColumn[]): string {
  return [
    '#separator \\x09',
    '#set_separator\t,',
    '#empty_field\t(empty)',
    '#unset_field\t-',
    `#path\t${path}`,
    `#fields\t${columns.map(([name]) => name).join('\t')}`,
    `#types\t${columns.map(([, type]) => type).join('\t')}`,
    '',
  ].join('\n')
}

/** One row. */
export function logLine(values: readonly LogValue[]): string {
  return `${values.map(cell).join('\t')}\n`
}

function cell(value: LogValue): string {
  if (value === null) return '-'
  if (typeof value === 'boolean') return value ? 'T' : 'F'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return text(value, false)
  return value.length === 0 ? '(empty)' : value.map((element) => text(element, true)).join(',')
}

/** Text with what would end a column, an element or a line, and what is not ASCII, as `\xHH`, byte by byte. */
function text(value: string, isElement: boolean): string {
  if (value === '') return '(empty)'
  if (value === '-') return '\\x2d'
  if (value === '(empty)') return '\\x28empty)'
  let shown = ''
  for (const byte of encoder.encode(value)) {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x5c && !(isElement && byte === 0x2c)
    shown += isPlain ? String.fromCharCode(byte) : byte === 0x5c ? '\\\\' : `\\x${byte.toString(16).padStart(2, '0')}`
  }
  return shown
}

const encoder = new TextEncoder()

/** Seconds with six decimals, as Zeek prints times and intervals. */
export function secondsText(ns: number): string {
  return (ns / 1e9).toFixed(6)
}
