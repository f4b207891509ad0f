import { secretRules } from '../guard/secret-rules.ts'
import { redact } from '../secret.ts'

const MASK = '***'

/** What only texts of servers and logs hold, besides what the guard looks for in repositories. */
const moreRules: readonly RegExp[] = [
  /-----BEGIN [^-]*PRIVATE KEY[^-]*-----([\s\S]*?)(?:-----END[^-]*-----|$)/g,
  /\b(?:ldapbindpasswd|radiussecrets?|sslpassword|password)\s*=\s*("[^"]*"|'[^']*'|\S+)/gi,
  /\bpassword\s+(?:E?'((?:[^']|'')*)')/gi,
]

/** Fields whose values are secrets by their name; settings such as `password_encryption` are none. */
const secretName = /(^|_)(password|passwd|secret|token|passphrase|verifier|conninfo|private_?key)s?$/i

/** A text without what is, or looks like, a secret: better a word too many than one too few. */
export function conceal(text: string): string {
  let clean = redact(text)
  for (const pattern of [...moreRules, ...secretRules.map(({ pattern: rule }) => rule)])
    clean = clean.replace(pattern, (whole: string, value: string | undefined) =>
      value === undefined || value === '' ? whole : whole.replaceAll(value, MASK),
    )
  return clean
}

/** A line of a server log: every literal goes too, for statements carry rows and passwords. */
export function concealLog(line: string): string {
  return conceal(line)
    .replace(/'(?:[^']|'')*(?:'|$)/g, "'?'") // one that is cut off, or goes on in the next line, too
    .replace(/(\$\w*\$)[\s\S]*?\1/g, '$1?$1')
    .replace(/\b(Key|row contains|parameters:)(.*)$/, '$1 ?')
}

/** Everything of a value that JSON can hold, by the same rules. */
export function concealDeep(value: unknown): unknown {
  if (typeof value === 'string') return conceal(value)
  if (Array.isArray(value)) return value.map(concealDeep)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      secretName.test(name) && typeof one === 'string' ? MASK : concealDeep(one),
    ]),
  )
}
