import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findServerBinaries, startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { type RunningService, readConfig, startService } from '../../src/index.ts'

export const dialects = ['sqlite', 'postgres'] as const
export type TestDialect = (typeof dialects)[number]

const KEYS = { SECRET_KEY: 'k7Qw'.repeat(16), CSRF_SECRET_KEY: 'z3Lp'.repeat(16) }
export const ADMIN_PASSWORD = 'MySecureAdminPassword123!'
export const USER_PASSWORD = 'SecurePassword123!'

let cluster: TestCluster | null = null
let databases = 0

/** A PostgreSQL of the whole file, with a login that is neither owner of the cluster nor superuser. */
async function testCluster(): Promise<TestCluster> {
  if (findServerBinaries() === null) throw new Error('no PostgreSQL on this machine')
  if (cluster === null) {
    cluster = await startCluster()
    cluster.sql('create role app login')
  }
  return cluster
}

export async function stopCluster(): Promise<void> {
  await cluster?.stop()
  cluster = null
}

/** URL of a new, empty database. */
export async function newDatabase(dialect: TestDialect, folder: string): Promise<string> {
  if (dialect === 'sqlite') return `sqlite:///${join(folder, 'test.db')}`
  const server = await testCluster()
  const name = `s${databases++}`
  server.sql(`create database ${name} owner app`)
  return server.url(name, 'app')
}

export interface TestService extends RunningService {
  readonly base: string
  readonly folder: string
  readonly printed: string
  readonly logged: string
  readonly environment: Record<string, string>
  /** Closes it and removes its files. */
  end(): Promise<void>
}

export interface TestOptions {
  readonly environment?: Record<string, string>
  readonly now?: () => Date
  readonly folder?: string
  readonly databaseUrl?: string
  /** Cost of bcrypt; 4. */
  readonly passwordCost?: number
}

/** A started service over a new database, listening on a free port. */
export async function startTestService(dialect: TestDialect, options: TestOptions = {}): Promise<TestService> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'pcap-service-'))
  const environment = {
    ...KEYS,
    ENVIRONMENT: 'test',
    PORT: '0',
    DATA_DIR: folder,
    DATABASE_URL: options.databaseUrl ?? (await newDatabase(dialect, folder)),
    DATABASE_MIN_SIZE: '0',
    DATABASE_MAX_SIZE: '4',
    UPLOAD_RATE_LIMIT_REQUESTS: '1000',
    MAX_QUEUE_SIZE: '1000',
    ...options.environment,
  }
  let printed = ''
  let logged = ''
  const service = await startService({
    config: readConfig(environment),
    writeLog: (line) => {
      logged += line
    },
    print: (text) => {
      printed += text
    },
    passwordCost: options.passwordCost ?? 4,
    mountedPassword: '/nowhere',
    ...(options.now && { now: options.now }),
  })
  return {
    ...service,
    base: service.url ?? '',
    folder,
    environment,
    get printed() {
      return printed
    },
    get logged() {
      return logged
    },
    async end() {
      await service.close()
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The first administrator's password, as it was printed. */
export function printedPassword({ printed }: TestService): string {
  const [, password] = /Password: (\S+)/.exec(printed) ?? []
  if (password === undefined) throw new Error('no password was printed')
  return password
}

export const sample = (name: string) => readFileSync(join(import.meta.dirname, '../../../../samples', name))
