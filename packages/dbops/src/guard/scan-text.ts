import { createHmac } from 'node:crypto'
import { isPlaceholder, looksRandom, secretRules } from './secret-rules.ts'

/** A secret that was found; never with its value. */
export interface SecretFinding {
  readonly file: string
  readonly line: number
  readonly rule: string
  readonly title: string
  /** First characters of a hash of rule, file and value: stays the same when lines move. */
  readonly fingerprint: string
}

export interface ScanOptions {
  /** Keyed fingerprints of secrets in use: exact, without a false alarm. */
  readonly known?: KnownSecrets
}

/** Tells whether a text holds a secret that is in use, without knowing the secrets. */
export interface KnownSecrets {
  readonly key: Buffer
  /** HMAC-SHA-256 of each value, hex. */
  readonly macs: ReadonlySet<string>
  /** Sums of the characters modulo 256 by length of the values: only substrings with one of these are tried. */
  readonly sums: ReadonlyMap<number, ReadonlySet<number>>
}

const ALLOW = /dbops:allow\s+\S+/
const LONGEST_LINE = 4_000

/** Looks at every line; one with `dbops:allow REASON` is left out. */
export function scanText(file: string, text: string, { known }: ScanOptions = {}): SecretFinding[] {
  const findings: SecretFinding[] = []
  for (const [index, whole] of text.split('\n').entries()) {
    const line = whole.length > LONGEST_LINE ? whole.slice(0, LONGEST_LINE) : whole
    if (line.length < 6 || ALLOW.test(line)) continue
    const found = ruleOf(file, line) ?? (known === undefined ? null : knownIn(line, known))
    if (found !== null)
      findings.push({ file, line: index + 1, ...found, fingerprint: fingerprintOf(file, found.rule, found.value) })
  }
  return findings.map(({ file: path, line, rule, title, fingerprint }) => ({
    file: path,
    line,
    rule,
    title,
    fingerprint,
  }))
}

interface Match {
  readonly rule: string
  readonly title: string
  readonly value: string
}

/** Words that must be there before the patterns are tried: most lines have none of them. */
const HINT =
  /:\/\/|pass|pwd|secret|key|token|SCRAM|md5|BEGIN|AKIA|ASIA|gh[pousr]_|github_pat|glpat|xox|hvs\.|AccountKey|AIza|eyJ/i

function ruleOf(file: string, line: string): Match | null {
  if (!HINT.test(line)) return null
  for (const { id, title, pattern } of secretRules) {
    pattern.lastIndex = 0
    for (const match of line.matchAll(pattern)) {
      const value = match[1]
      if (id === 'private-key' || id === 'verifier') return { rule: id, title, value }
      if (isPlaceholder(value)) continue
      if (id === 'assignment' && !(looksRandom(value) || isDeclaredSecret(file, value))) continue
      if (id === 'database-url' && isLocalDefault(line)) continue
      return { rule: id, title, value }
    }
  }
  return decodedKubernetes(line)
}

/** In files that hold only configuration, a word is a value too. */
function isDeclaredSecret(file: string, value: string): boolean {
  return (
    /\.(env|ya?ml|conf|ini|properties|toml)(\.[^/]*)?$|(^|\/)\.env/i.test(file) &&
    value.length >= 8 &&
    !/^(true|false|null|yes|no|required)$/i.test(value) &&
    !/^[a-z]+([_-][a-z]+)*$/.test(value)
  )
}

/** `user:postgres@localhost` of a development profile is nobody's secret. */
function isLocalDefault(line: string): boolean {
  return (
    /:\/\/(\w+):\1@(localhost|127\.0\.0\.1|\[::1\])/.test(line) ||
    /:\/\/postgres:postgres@(localhost|127\.0\.0\.1|\[::1\])/.test(line)
  )
}

/** Data of a Kubernetes Secret is base64, which hides nothing. */
function decodedKubernetes(line: string): Match | null {
  const match = /^\s+[\w.-]*(?:password|secret|token|key|url)[\w.-]*:\s*["']?([A-Za-z0-9+/]{8,}={0,2})["']?\s*$/i.exec(
    line,
  )
  if (match === null) return null
  const decoded = Buffer.from(match[1], 'base64').toString('utf8')
  const isText = /^[\x20-\x7e]{4,}\n?$/.test(decoded)
  return isText && Buffer.from(decoded, 'utf8').toString('base64') === match[1] && !isPlaceholder(decoded)
    ? { rule: 'kubernetes-secret', title: 'a value of a Kubernetes Secret', value: decoded }
    : null
}

/** A sliding sum leaves one substring in 256 to be hashed. */
function knownIn(line: string, { key, macs, sums }: KnownSecrets): Match | null {
  for (const [length, wanted] of sums) {
    let sum = 0
    for (let end = 0; end < line.length; end++) {
      sum += line.charCodeAt(end)
      if (end >= length) sum -= line.charCodeAt(end - length)
      if (end < length - 1 || !wanted.has(sum & 255)) continue
      const value = line.slice(end - length + 1, end + 1)
      if (macs.has(createHmac('sha256', key).update(value).digest('hex')))
        return { rule: 'secret-in-use', title: 'a secret that is in use', value }
    }
  }
  return null
}

function fingerprintOf(file: string, rule: string, value: string): string {
  return createHmac('sha256', 'dbops guard').update(`${rule}\0${file}\0${value}`).digest('hex').slice(0, 16)
}
