/** How a client comes: over a socket, or over TCP with or without TLS. */
export const hbaTypes = ['local', 'host', 'hostssl', 'hostnossl', 'hostgssenc', 'hostnogssenc'] as const
export type HbaType = (typeof hbaTypes)[number]

/** One line of pg_hba.conf (PostgreSQL §21.1). */
export interface HbaRule {
  /** File and line it stands in; files may include others. */
  readonly file: string
  readonly line: number
  readonly type: HbaType
  readonly databases: readonly HbaWord[]
  readonly users: readonly HbaWord[]
  /** CIDR, name, `all`, `samehost` or `samenet`; null for sockets. */
  readonly address: string | null
  readonly method: string
  readonly options: Readonly<Record<string, string>>
}

/** A word loses its special meaning when it is quoted. */
export interface HbaWord {
  readonly text: string
  readonly isQuoted: boolean
}

/** What the server could not read, so that it would keep the old rules, and not start. */
export interface HbaError {
  readonly file: string
  readonly line: number
  readonly message: string
}

/** A line that has another file read in its place (PostgreSQL 16). */
export interface HbaInclude {
  readonly file: string
  readonly line: number
  readonly kind: 'include' | 'include_if_exists' | 'include_dir'
  readonly path: string
}

export interface HbaFile {
  readonly rules: readonly HbaRule[]
  readonly errors: readonly HbaError[]
  /** Files that were not read; their rules are not in `rules`. */
  readonly includes: readonly HbaInclude[]
}

const methods = [
  'trust',
  'reject',
  'scram-sha-256',
  'md5',
  'password',
  'gss',
  'sspi',
  'ident',
  'peer',
  'ldap',
  'radius',
  'cert',
  'pam',
  'bsd',
]

/** Reads the text of one file; what it includes is left to {@link readHbaFiles}. */
export function parseHba(text: string, file = 'pg_hba.conf'): HbaFile {
  const rules: HbaRule[] = []
  const errors: HbaError[] = []
  const includes: HbaInclude[] = []
  for (const [index, source] of text.split('\n').entries()) {
    const line = index + 1
    try {
      const fields = fieldsOf(source)
      if (fields.length === 0) continue
      const kind = includeKinds.find((one) => one === fields[0][0].text)
      if (kind === undefined) rules.push({ file, ...ruleOf(fields, line) })
      else includes.push({ file, line, kind, path: includedPath(fields) })
    } catch (error) {
      errors.push({ file, line, message: (error as Error).message })
    }
  }
  return { rules, errors, includes }
}

const includeKinds = ['include', 'include_if_exists', 'include_dir'] as const

function includedPath(fields: readonly HbaWord[][]): string {
  const path = fields[1]?.[0]?.text
  if (path === undefined || fields.length > 2 || fields[1].length > 1) throw new Error('an include names one file')
  return path
}

/** The words of a file that `@file` stands for: parted by blanks, commas and lines. */
export function parseWords(text: string): HbaWord[] {
  return text.split('\n').flatMap((line) => fieldsOf(line).flat())
}

/** Fields are parted by blanks, words of a field by commas; a quoted word is a name whatever it says. */
function fieldsOf(source: string): HbaWord[][] {
  const fields: HbaWord[][] = []
  const pattern = /\s*(?:#.*$|((?:"[^"]*"|[^\s",#])(?:"[^"]*"|[^\s",#]|,\s*)*))/y
  let end = 0
  while (end < source.length) {
    pattern.lastIndex = end
    const match = pattern.exec(source)
    if (match === null) {
      if (source.slice(end).trim() === '') break
      throw new Error('a quote is not closed')
    }
    end = pattern.lastIndex
    if (match[1] === undefined) break
    fields.push(
      match[1]
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== '')
        .map(wordOf),
    )
  }
  return fields
}

function wordOf(text: string): HbaWord {
  return { text: text.replaceAll('"', ''), isQuoted: text.includes('"') }
}

function ruleOf(fields: readonly HbaWord[][], line: number): Omit<HbaRule, 'file'> {
  const type = hbaTypes.find((one) => one === fields[0][0].text)
  if (type === undefined) throw new Error(`connection type "${fields[0][0].text}" is unknown`)
  if (fields.length < (type === 'local' ? 4 : 5)) throw new Error('the line ends too early')
  let next = 3
  let address: string | null = null
  if (type !== 'local') {
    address = fields[next++][0].text
    const mask = fields[next][0].text
    if (
      /^[0-9a-f.:]+$/i.test(address) &&
      /^[0-9a-f.:]+$/i.test(mask) &&
      mask.includes(address.includes(':') ? ':' : '.')
    ) {
      address = `${address}/${prefixOf(mask)}`
      next++
    }
    if (/^[0-9.]+$/.test(address) || (address.includes(':') && !address.includes('/')))
      throw new Error(`address ${address} has no mask`)
  }
  const method = fields[next]?.[0].text
  if (method === undefined) throw new Error('the method is missing')
  if (!methods.includes(method)) throw new Error(`method "${method}" is unknown`)
  const options = Object.fromEntries(
    fields.slice(next + 1).map((words) => {
      const whole = words.map(({ text }) => text).join(',')
      const at = whole.indexOf('=')
      if (at < 0) throw new Error(`option "${whole}" has no value`)
      return [whole.slice(0, at), whole.slice(at + 1)]
    }),
  )
  return { line, type, databases: fields[1], users: fields[2], address, method, options }
}

function prefixOf(mask: string): number {
  const bits = mask.includes(':')
    ? mask
        .split(':')
        .map((part) => Number.parseInt(part || '0', 16).toString(2))
        .join('')
    : mask
        .split('.')
        .map((part) => Number(part).toString(2))
        .join('')
  return bits.replaceAll('0', '').length
}

/** `line 7`, or with the file where it is another than the main one. */
export function placeOf({ file, line }: Pick<HbaRule, 'file' | 'line'>, main: string): string {
  return file === main ? `line ${line}` : `line ${line} of ${file}`
}

/** The rule as a line. */
export function formatRule({ type, databases, users, address, method, options }: HbaRule): string {
  const words = (list: readonly HbaWord[]): string =>
    list.map(({ text, isQuoted }) => (isQuoted ? `"${text}"` : text)).join(',')
  const more = Object.entries(options).map(([key, value]) => `${key}=${value}`)
  return [type, words(databases), words(users), ...(address === null ? [] : [address]), method, ...more].join(' ')
}
