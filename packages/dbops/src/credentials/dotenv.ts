import { DbopsError } from '../errors.ts'

/** Variables of a dotenv file. @throws {DbopsError} CONFIG_INVALID with the line, also for CRLF and unclosed quotes */
export function parseDotenv(text: string, file: string): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const [index, source] of text.split('\n').entries()) {
    const line = source.replace(/^\s*export\s+/, '')
    if (/^\s*(#|$)/.test(line)) continue
    const fail = (reason: string): never => {
      throw new DbopsError('CONFIG_INVALID', `${file}:${index + 1}: ${reason}`)
    }
    if (line.endsWith('\r')) fail('the line ends as Windows does: the value would too')
    const match = /^\s*([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line)
    if (match === null) return fail('is no NAME=value')
    variables[match[1]] = unquoted(match[2], fail)
  }
  return variables
}

function unquoted(value: string, fail: (reason: string) => never): string {
  const quote = value[0]
  if (quote === "'" || quote === '"') {
    const end = value.indexOf(quote, 1)
    if (end < 0) return fail('a quote is not closed')
    return value.slice(1, end)
  }
  if (/\s#/.test(value)) return fail('a comment follows the value: it would be part of it')
  return value.trimEnd()
}
