/** What one line of a log tells, in any of the server's three forms. */
export interface LogLine {
  /** SQLSTATE, where the form or the prefix (%e) of the log has it: it is the same in every language. */
  readonly state: string | null
  readonly message: string
  readonly user: string | null
  readonly address: string | null
}

/** Reads one line of stderr, csvlog or jsonlog. */
export function readLine(line: string): LogLine {
  if (line.startsWith('{')) {
    try {
      const {
        message = '',
        user = null,
        remote_host: address = null,
        error_severity: severity = '',
        state_code: state = '00000',
      } = JSON.parse(line) as Record<string, string>
      return { state, message: `${severity}: ${message}`, user, address }
    } catch {
      return { state: null, message: line, user: null, address: null }
    }
  }
  const fields = csvFields(line)
  if (fields.length > 20 && /^\d{4}-/.test(fields[0]))
    return {
      state: fields[12] || '00000',
      message: fields[13],
      user: fields[1] || null,
      address: fields[4].split(':')[0] || null,
    }
  const address =
    /\b(\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-f]*::?[0-9a-f:]+\]?)\b(?=[ (:])/.exec(
      line.replace(/^\S+ \S+ \S+ \[\d+\]/, ''),
    )?.[1] ?? null
  // a code of the prefix stands before the severity, a number of the message after it
  const state = PREFIX.exec(line)?.[1] ?? null
  return { state, message: line, user: /\b([\w-]+)@[\w-]+/.exec(line)?.[1] ?? null, address }
}

function csvFields(line: string): string[] {
  if (!line.includes(',')) return []
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field]) =>
    field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field,
  )
}

/** A prefix that ends with a SQLSTATE, before the severity. */
const PREFIX = /^[^:]*(?::\d\d[^:]*)*?\s([0-9A-Z]{5}) (?=[^:]{2,20}:\s)/

/** Detail, hint and statement of a line repeat its prefix, with the SQLSTATE; what they are called depends on the language. */
export function isContinued(line: string, before: string): boolean {
  const prefix = PREFIX.exec(line)?.[0]
  if (prefix === undefined) return false
  if (/^(DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION):/.test(line.slice(prefix.length))) return true
  if (!before.startsWith(prefix)) return false
  return !/^(LOG|ERROR|FATAL|PANIC|WARNING|NOTICE):/.test(line.slice(prefix.length))
}
