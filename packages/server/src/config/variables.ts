/** How the text of a variable is read. */
export type VariableKind = 'text' | 'secret' | 'integer' | 'boolean' | 'list' | 'choice'

/** One environment variable; the list below is also the reference. */
export interface Variable {
  readonly name: string
  readonly kind: VariableKind
  /** As it would stand in the environment; null when there is none. */
  readonly default: string | null
  readonly description: string
  readonly choices?: readonly string[]
  readonly least?: number
  readonly most?: number
}

const text = <Name extends string>(name: Name, value: string | null, description: string) =>
  ({ name, kind: 'text', default: value, description }) as const
const secret = <Name extends string>(name: Name, description: string, value: string | null = null) =>
  ({ name, kind: 'secret', default: value, description }) as const
const integer = <Name extends string>(name: Name, value: number, least: number, most: number, description: string) =>
  ({ name, kind: 'integer', default: String(value), least, most, description }) as const
const boolean = <Name extends string>(name: Name, value: boolean, description: string) =>
  ({ name, kind: 'boolean', default: String(value), description }) as const
const choice = <Name extends string>(name: Name, value: string, choices: readonly string[], description: string) =>
  ({ name, kind: 'choice', default: value, choices, description }) as const
const list = <Name extends string>(name: Name, description: string) =>
  ({ name, kind: 'list', default: '', description }) as const

/** Every variable the service reads. Secrets also come from the file that NAME_FILE names. */
export const variables = [
  choice(
    'ENVIRONMENT',
    'development',
    ['development', 'test', 'staging', 'production'],
    'production refuses what is only good enough for trying out',
  ),
  text('HOST', '127.0.0.1', 'address to listen on'),
  integer('PORT', 8000, 0, 65_535, 'port to listen on; 0 takes a free one'),
  text('APP_BASE_URL', 'http://127.0.0.1:8000', 'where people reach the service, for links in mails'),
  text('DATA_DIR', 'data', 'folder of the database, captures and reports when they are kept in files'),
  secret(
    'DATABASE_URL',
    'sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE',
    'sqlite:///data/pcap_analyzer.db',
  ),
  secret('DATABASE_MIGRATION_URL', 'the same database as its owner, who alone changes the schema'),
  choice(
    'DATABASE_SSL_MODE',
    'disable',
    ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'],
    "TLS to PostgreSQL, with libpq's meaning",
  ),
  text('DATABASE_SSL_ROOT_CERT', null, 'file of CA certificates'),
  integer('DATABASE_MIN_SIZE', 2, 0, 1000, 'sessions that are kept'),
  integer('DATABASE_MAX_SIZE', 10, 1, 1000, 'most sessions at once'),
  integer('DATABASE_ACQUIRE_TIMEOUT_SECONDS', 30, 1, 3600, 'a request waits so long for a free session'),
  integer('DATABASE_COMMAND_TIMEOUT_SECONDS', 60, 0, 86_400, 'a statement is cancelled after this time; 0 never'),
  secret('SECRET_KEY', 'signs tokens; at least 32 characters, 64 hexadecimal ones are good'),
  secret('CSRF_SECRET_KEY', 'signs CSRF tokens; another one than SECRET_KEY'),
  secret(
    'ADMIN_PASSWORD',
    'password of the first administrator; ADMIN_PASSWORD_FILE or /var/run/secrets/admin_password are better',
  ),
  integer('INSTANCES', 1, 1, 1000, 'processes that share the database; more than one needs PostgreSQL'),
  boolean('INLINE_WORKER', true, 'the server analyses too; false where workers run by themselves'),
  integer('WORKER_CONCURRENCY', 1, 1, 64, 'analyses at once in one worker'),
  integer('ANALYSIS_MEMORY_MB', 1024, 128, 65_536, 'memory of one analysis'),
  integer('ANALYSIS_TIMEOUT_SECONDS', 3600, 1, 86_400, 'time of one analysis'),
  integer('HEADERS_TIMEOUT_SECONDS', 20, 1, 600, 'whoever sends headers more slowly is cut off'),
  integer('REQUEST_TIMEOUT_SECONDS', 600, 1, 86_400, 'so is whoever takes longer for a whole request'),
  integer(
    'SHUTDOWN_TIMEOUT_SECONDS',
    20,
    0,
    3600,
    'requests and analyses under way get so long to end when the service is stopped',
  ),
  integer('MAX_UPLOAD_SIZE_MB', 500, 1, 1_000_000, 'largest capture'),
  integer('UPLOAD_EXPIRY_HOURS', 24, 1, 8760, 'an upload in parts that is not ended is removed after this time'),
  integer('MAX_EXPANSION_RATIO', 1000, 1, 1_000_000, 'how many times its size a compressed capture may become'),
  integer('MAX_QUEUE_SIZE', 5, 1, 100_000, 'captures of one user that may wait'),
  integer('REPORT_TTL_HOURS', 24, 1, 87_600, 'reports are deleted after this time'),
  choice('KEEP_CAPTURES', 'until-expiry', ['until-expiry', 'never'], 'whether a capture is kept as long as its report'),
  integer('QUOTA_MB', 5000, 1, 1_000_000_000, 'stored captures and reports of one user'),
  integer('QUOTA_TASKS', 200, 1, 1_000_000, 'tasks of one user'),
  integer('UPLOAD_RATE_LIMIT_REQUESTS', 5, 1, 100_000, 'uploads of one user within the window'),
  integer('UPLOAD_RATE_LIMIT_WINDOW_SECONDS', 60, 1, 86_400, 'that window'),
  boolean('REGISTRATION_ENABLED', true, 'people may register; an administrator approves them'),
  list('ALLOWED_ORIGINS', 'origins that browsers may call from; none by default'),
  list('TRUSTED_PROXIES', 'addresses whose X-Forwarded-For is believed; none by default'),
  choice('STORAGE', 'directory', ['directory', 's3'], 'where captures and reports are kept'),
  text('S3_ENDPOINT', null, 'URL of the object store with the bucket'),
  text('S3_REGION', 'auto', 'region of the object store'),
  secret('S3_ACCESS_KEY_ID', 'login of the object store'),
  secret('S3_SECRET_ACCESS_KEY', 'its secret'),
  boolean('MAIL_ENABLED', false, 'send mails'),
  text('SMTP_HOST', 'localhost', 'mail server'),
  integer('SMTP_PORT', 1025, 1, 65_535, 'its port'),
  text('SMTP_USERNAME', '', 'login, when it asks for one'),
  secret('SMTP_PASSWORD', 'its password'),
  boolean('SMTP_TLS', false, 'STARTTLS is demanded'),
  boolean('SMTP_SSL', false, 'TLS from the first byte'),
  boolean('VALIDATE_CERTS', true, "the mail server's certificate is checked"),
  text('MAIL_FROM', 'pcap-analyzer@localhost', 'sender of mails'),
  text('MAIL_FROM_NAME', 'PCAP Analyzer', 'its name'),
  text('SUPPORT_EMAIL', 'pcap-analyzer@localhost', 'address that mails give for questions'),
  choice('LOG_LEVEL', 'INFO', ['DEBUG', 'INFO', 'WARNING', 'ERROR'], 'least level that is logged'),
  choice('LOG_FORMAT', 'json', ['json', 'text'], 'one JSON object a line, or text for people'),
  choice(
    'PCAP_ANALYZER_REDACTION_LEVEL',
    'PRODUCTION',
    ['PRODUCTION', 'DEVELOPMENT', 'DEBUG'],
    'how much of addresses and names logs leave out',
  ),
  integer('AUDIT_RETENTION_DAYS', 365, 1, 36_500, 'lines of the audit trail are kept this long'),
  secret('METRICS_TOKEN', 'bearer token for /metrics; without it only this machine may ask'),
] as const satisfies readonly Variable[]

export type VariableName = (typeof variables)[number]['name']
