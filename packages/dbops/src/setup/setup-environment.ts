import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatePassword } from '../credentials/generate-password.ts'
import { issueCertificate } from '../tls/certificates.ts'

/** What was made, and what was there already and stays as it is. */
export interface SetupResult {
  readonly made: readonly string[]
  readonly kept: readonly string[]
  readonly nextSteps: readonly string[]
}

const secretNames = [
  'db-password',
  'db-readonly-password',
  'redis-password',
  'app-key',
  'admin-password',
  'backup-key',
] as const
const folders = ['data/postgres', 'data/redis', 'data/uploads', 'data/logs', 'backups', 'tls'] as const

/**
 * Makes what a production needs: folders, one file per secret (0600), an environment file that names the files and holds no secret, a
 * certificate. What is there is never changed, so that running it again is safe.
 */
export async function setUpEnvironment(
  folder: string,
  options: { readonly host: string; readonly database: string; readonly now: Date },
): Promise<SetupResult> {
  const made: string[] = []
  const kept: string[] = []
  const once = (path: string, make: () => void): void => {
    if (existsSync(path)) kept.push(path)
    else {
      make()
      made.push(path)
    }
  }
  for (const name of folders)
    once(join(folder, name), () => mkdirSync(join(folder, name), { recursive: true, mode: 0o700 }))
  const secrets = join(folder, 'secrets')
  once(secrets, () => mkdirSync(secrets, { recursive: true, mode: 0o700 }))
  for (const name of secretNames)
    once(join(secrets, name), () =>
      writeFileSync(join(secrets, name), `${generatePassword(name === 'app-key' ? 50 : 32).reveal()}\n`, {
        mode: 0o600,
        flag: 'wx',
      }),
    )
  await setUpCertificate(folder, options, once)
  const environment = join(folder, '.env.production')
  once(environment, () => writeFileSync(environment, environmentText(folder, options), { mode: 0o600, flag: 'wx' }))
  once(join(folder, '.gitignore'), () =>
    writeFileSync(join(folder, '.gitignore'), 'secrets/\ntls/*.key\n.env.production\ndata/\nbackups/\n', {
      flag: 'wx',
    }),
  )
  return { made, kept, nextSteps: nextSteps(folder, options) }
}

async function setUpCertificate(
  folder: string,
  { host, now }: { host: string; now: Date },
  once: (path: string, make: () => void) => void,
): Promise<void> {
  const place = (name: string): string => join(folder, 'tls', name)
  if (existsSync(place('server.crt')) && existsSync(place('server.key'))) {
    once(place('server.crt'), () => {})
    return
  }
  const notBefore = new Date(now.getTime() - 3_600_000)
  const notAfter = (days: number): Date => new Date(now.getTime() + days * 86_400_000)
  const authority = await issueCertificate({
    name: 'dbops CA',
    hosts: [],
    purpose: 'authority',
    notBefore,
    notAfter: notAfter(3650),
    issuer: null,
  })
  const server = await issueCertificate({
    name: host,
    hosts: [host, 'localhost'],
    purpose: 'server',
    notBefore,
    notAfter: notAfter(365),
    issuer: authority,
  })
  for (const [name, text, mode] of [
    ['ca.crt', authority.certificatePem, 0o644],
    ['ca.key', authority.keyPem.reveal(), 0o600],
    ['server.crt', server.certificatePem, 0o644],
    ['server.key', server.keyPem.reveal(), 0o600],
  ] as const)
    once(place(name), () => writeFileSync(place(name), text, { mode, flag: 'wx' }))
}

function environmentText(folder: string, { host, database }: { host: string; database: string }): string {
  return [
    'ENVIRONMENT=production',
    `PG_HOST=${host}`,
    'PG_PORT=5432',
    `PG_DATABASE=${database}`,
    `PG_USER=${database}_app_a`,
    `PG_PASSWORD_FILE=${join(folder, 'secrets/db-password')}`,
    'PGSSLMODE=verify-full',
    `PGSSLROOTCERT=${join(folder, 'tls/ca.crt')}`,
    `SECRET_KEY_FILE=${join(folder, 'secrets/app-key')}`,
    `ADMIN_PASSWORD_FILE=${join(folder, 'secrets/admin-password')}`,
    `REDIS_PASSWORD_FILE=${join(folder, 'secrets/redis-password')}`,
    '',
  ].join('\n')
}

function nextSteps(folder: string, { database }: { database: string }): string[] {
  return [
    `install the certificate: dbops tls install --from ${join(folder, 'tls')} --apply`,
    `make the roles: dbops roles apply --file roles.yaml --passwords ${join(folder, 'passwords')} --apply`,
    `close the rules: dbops hba generate --client ${database}:${database}_app_a:10.0.0.0/24, then dbops hba apply`,
    'make a key for backups: dbops backup keygen, and keep the private half elsewhere',
    'schedule the jobs: dbops schedule install',
    'look at the whole: dbops doctor',
  ]
}

/** Problems of an environment file: unknown booleans, comments in values, secrets in clear, hosts of production in development. */
export function checkEnvironmentFile(path: string): string[] {
  const problems: string[] = []
  for (const [index, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    const at = `${path}:${index + 1}`
    const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line)
    if (match === null) {
      if (!/^\s*(#|$)/.test(line)) problems.push(`${at}: is no NAME=value`)
      continue
    }
    const [, name, value] = match
    if (line.endsWith('\r')) problems.push(`${at}: ends as Windows does`)
    if (/^[^'"].*\s#/.test(value)) problems.push(`${at}: the comment is part of ${name}`)
    if (/^(DEBUG|.*_ENABLED|.*_SSL)$/.test(name) && !/^(true|false|0|1|on|off|yes|no)?$/i.test(value.trim()))
      problems.push(`${at}: ${name} is neither true nor false`)
    if (/(PASSWORD|SECRET|TOKEN|_KEY)$/.test(name) && value.trim() !== '')
      problems.push(`${at}: ${name} stands in clear: use ${name}_FILE`)
    if (name === 'DEBUG' && /^(true|1|on|yes)$/i.test(value.trim())) problems.push(`${at}: DEBUG is on`)
    if (/^(PG_?HOST|DB_HOST|DATABASE_HOST)$/.test(name) && /^(localhost|127\.)/.test(value))
      problems.push(`${at}: ${name} is this machine`)
  }
  return problems
}
