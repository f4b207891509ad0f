import { parseDatabaseUrl } from '../db/database-url.ts'
import type { Values } from './config.ts'
import { outsideHostProblems } from './outside-hosts.ts'

const LEAST_KEY_LENGTH = 32
/** Words of examples; a key that holds one was copied from somewhere. */
const EXAMPLES = [
  'changeme',
  'change-me',
  'change_me',
  'your-secret',
  'your_secret',
  'example',
  'secret_key',
  'insecure',
  'password',
]

/** What must not be in production, one sentence each. */
export function productionProblems(values: Values): string[] {
  const problems = [
    ...keyProblems('SECRET_KEY', values.SECRET_KEY),
    ...keyProblems('CSRF_SECRET_KEY', values.CSRF_SECRET_KEY),
  ]
  if (values.SECRET_KEY !== null && values.SECRET_KEY === values.CSRF_SECRET_KEY)
    problems.push('CSRF_SECRET_KEY must differ from SECRET_KEY')
  if (values.PCAP_ANALYZER_REDACTION_LEVEL === 'DEBUG')
    problems.push('PCAP_ANALYZER_REDACTION_LEVEL must not be DEBUG in production')
  return problems
}

/** What can nowhere be right. */
export function contradictions(values: Values): string[] {
  const problems: string[] = []
  try {
    const { dialect } = parseDatabaseUrl(values.DATABASE_URL ?? '')
    if (dialect === 'sqlite' && values.INSTANCES > 1)
      problems.push('INSTANCES is more than one, which needs PostgreSQL: SQLite is one process')
    if (dialect === 'sqlite' && values.DATABASE_MIGRATION_URL !== null)
      problems.push('DATABASE_MIGRATION_URL is for PostgreSQL only')
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
  }
  if (values.DATABASE_MIN_SIZE > values.DATABASE_MAX_SIZE)
    problems.push('DATABASE_MIN_SIZE is larger than DATABASE_MAX_SIZE')
  if (values.SMTP_TLS && values.SMTP_SSL) problems.push('SMTP_TLS and SMTP_SSL exclude each other')
  problems.push(...outsideHostProblems(values))
  if (values.STORAGE === 's3') {
    for (const name of ['S3_ENDPOINT', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const)
      if (values[name] === null) problems.push(`${name} is needed for STORAGE=s3`)
  }
  return problems
}

function keyProblems(name: 'SECRET_KEY' | 'CSRF_SECRET_KEY', key: string | null): string[] {
  if (key === null) return [`${name} environment variable is required in production`]
  if (key.length < LEAST_KEY_LENGTH) return [`${name} has ${key.length} characters, fewer than ${LEAST_KEY_LENGTH}`]
  if (new Set(key).size < 8) return [`${name} repeats a few characters; make one with: openssl rand -hex 32`]
  const lower = key.toLowerCase()
  return EXAMPLES.some((word) => lower.includes(word))
    ? [`${name} is an example; make one with: openssl rand -hex 32`]
    : []
}
