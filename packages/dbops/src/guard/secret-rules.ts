/** What a secret looks like in a line; `value` is the group that holds it. */
export interface SecretRule {
  readonly id: string
  readonly title: string
  readonly pattern: RegExp
}

/** Each pattern has one group: the secret itself, which is judged and masked. */
export const secretRules: readonly SecretRule[] = [
  {
    id: 'fallback',
    title: 'a secret as the fallback of a variable',
    pattern:
      /\b(?:getenv|environ\.get|env)\(\s*['"]\w*(?:PASSWORD|SECRET|TOKEN|KEY)\w*['"]\s*,\s*['"]([^'"]{4,})['"]/gi,
  },
  {
    id: 'database-url',
    title: 'a URL with a password',
    pattern:
      /\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|redis|rediss|amqps?|mssql|jdbc:\w+)(?:\+\w+)?:\/\/[^\s:/@'"`]*:([^\s@'"`]+)@/gi,
  },
  {
    id: 'keyword-dsn',
    title: 'a connection string with a password',
    pattern: /\b(?:host|dbname|user)\s*=\s*\S+.*?\bpassword\s*=\s*('[^']+'|[^\s'";]+)/gi,
  },
  { id: 'pgpassword', title: 'PGPASSWORD', pattern: /\bPGPASSWORD\s*[=:]\s*["']?([^\s"'#;&|]+)/g },
  {
    id: 'sql-password',
    title: 'a password in SQL',
    pattern: /\b(?:create|alter)\s+(?:user|role)\b[^;]*?\bpassword\s+'([^']+)'/gi,
  },
  {
    id: 'verifier',
    title: 'a stored verifier',
    pattern: /(SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+|\bmd5[0-9a-f]{32}\b)/g,
  },
  {
    id: 'private-key',
    title: 'a private key',
    pattern: /(-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY(?: BLOCK)?-----)/g,
  },
  { id: 'aws-key', title: 'an AWS key', pattern: /\b((?:AKIA|ASIA)[0-9A-Z]{16})\b/g },
  {
    id: 'aws-secret',
    title: 'an AWS secret',
    pattern: /\baws_?secret_?(?:access_?)?key["']?\s*[=:]\s*["']?([A-Za-z0-9/+=]{40})\b/gi,
  },
  {
    id: 'github-token',
    title: 'a GitHub token',
    pattern: /\b((?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,}))\b/g,
  },
  { id: 'gitlab-token', title: 'a GitLab token', pattern: /\b(glpat-[A-Za-z0-9_-]{20,})/g },
  { id: 'slack-token', title: 'a Slack token', pattern: /\b(xox[abprs]-[A-Za-z0-9-]{10,})/g },
  { id: 'vault-token', title: 'a Vault token', pattern: /\b(hvs\.[A-Za-z0-9_-]{20,})/g },
  { id: 'azure-secret', title: 'an Azure key', pattern: /\bAccountKey=([A-Za-z0-9+/=]{60,})/g },
  { id: 'google-key', title: 'a Google key', pattern: /\b(AIza[0-9A-Za-z_-]{35})\b/g },
  {
    id: 'jwt',
    title: 'a signed token',
    pattern: /\b(eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})/g,
  },
  {
    id: 'assignment',
    title: 'a secret in an assignment',
    pattern:
      /(?:^|[\s"'{,;-])(?:[A-Za-z0-9_.-]*(?:password|passwd|pwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token|private[_-]?key|encryption[_-]?key|secret[_-]?key))["']?\s*(?:[:=]|=>)\s*["']?([^\s"',;#}]{6,})/gi,
  },
]

/** Files that hold secrets by their nature, anywhere in the tree. */
const secretFiles: readonly RegExp[] = [
  /(^|\/)\.env(\.[^/]*)?$/i,
  /\.env$/i,
  /(^|\/)\.envrc$/i,
  /(^|\/)\.?pgpass(\.conf)?$/i,
  /(^|\/)\.pg_service\.conf$/i,
  /(^|\/)\.netrc$/i,
  /\.(pem|key|p12|pfx|jks|keystore)$/i,
  /(^|\/)id_(rsa|dsa|ecdsa|ed25519)$/i,
  /(^|\/)secrets?\/.+/i,
  /\.(dump|sql\.gz|sql\.zst|sql\.bz2|backup)$/i,
  /\.env[^/]*\.(bak|backup|old|orig|save)[^/]*$/i,
]

/** Examples may be committed; their content is looked at all the same. */
const exampleName = /(\.|-|_)(example|template|sample|dist)(\.[^/]*)?$/i

/** Whether the name alone says that a file must not be committed. */
export function isSecretFile(path: string): boolean {
  return (
    !exampleName.test(path) &&
    secretFiles.some((pattern) => pattern.test(path)) &&
    !/\.(ts|tsx|js|mjs|py|go|rs|java|md)$/i.test(path)
  )
}

/** Whether a value stands for a secret and is none: variables, masks, words of examples, code. */
export function isPlaceholder(value: string): boolean {
  const plain = value.replace(/^['"`]|['"`,;)]+$/g, '')
  if (plain.length < 4) return true
  if (/^[$%{<[(]|\$\{|\{\{|%\(|<[^>]+>$|^\*+$|^x+$|^\.+$|…|‹/i.test(plain)) return true
  if (
    /^(process\.env|os\.(environ|getenv)|env\[|getenv|secrets?\.|config\.|settings\.|self\.|this\.|var\.|vault:|arn:|file:|\/run\/secrets|\/var\/run|\.\/|\/etc\/|\/path)/i.test(
      plain,
    )
  )
    return true
  if (/[()[\]{}]/.test(plain) && /^[\w.]+[([]/.test(plain)) return true // a call
  if (
    /^(change[-_]?me|your[-_].*|my[-_].*|example.*|placeholder|redacted|masked|none|null|undefined|true|false|required|optional|string|text|secret|password|pass|passwd|token|user|username|test|dummy|fake|sample|todo|tbd|n\/a|foo|bar|foobar|hunter2)$/i.test(
      plain,
    )
  )
    return true
  if (/(example|placeholder|changeme|change_me|change-me|your_|your-|_here$|-here$)/i.test(plain)) return true
  return false
}

/** A value of an assignment needs variety: words of prose and names of types are none. */
export function looksRandom(value: string): boolean {
  const plain = value.replace(/['"`,;)]+$/g, '')
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((pattern) => pattern.test(plain)).length
  return (
    plain.length >= 6 &&
    classes >= 2 &&
    /[0-9]/.test(plain) &&
    !/^\d+$/.test(plain) &&
    !/^[\w-]+\.[\w.-]+$/.test(plain.replace(/\d/g, 'x').toLowerCase() === plain ? plain : '')
  )
}
