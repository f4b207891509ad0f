import type { OperationRecord } from '../operations-log.ts'

/** Security and authorization messages (RFC 5424, table 1). */
const AUTHPRIV = 10
const severities = { ok: 6, findings: 5, failed: 4, refused: 4 } as const
/** Reserved for documentation (RFC 5612): the names of our elements say whose they are. */
export const ELEMENT = 'dbops@32473'

/** Facility and severity. */
export function priorityOf({ outcome }: OperationRecord): number {
  return AUTHPRIV * 8 + severities[outcome]
}

/** What one filters by, `name="value"`. */
export function parametersOf({ seq, command, outcome, hash }: OperationRecord): string[] {
  return Object.entries({ seq, command, outcome, hash }).map(([name, value]) => `${name}="${escaped(String(value))}"`)
}

/** Kind of message. */
export function messageIdOf({ command }: OperationRecord): string {
  return field(command.replaceAll(' ', '-'), 32)
}

/** A line of the log as a message of RFC 5424: the whole record as JSON behind its structured data. */
export function syslogMessage(record: OperationRecord): string {
  const head = `<${priorityOf(record)}>1 ${record.time} ${field(record.host, 255)} dbops ${record.pid} ${messageIdOf(record)}`
  return `${head} [${[ELEMENT, ...parametersOf(record)].join(' ')}] \uFEFF${JSON.stringify(record)}`
}

/** Values of parameters escape quote, backslash and bracket. */
function escaped(value: string): string {
  return value.replace(/["\\\]]/g, '\\$&')
}

/** Header fields are printable ASCII without spaces. */
function field(value: string, most: number): string {
  return value.replace(/[^!-~]/g, '_').slice(0, most) || '-'
}
