import { join } from 'node:path'
import { buildApp } from './app.ts'
import { AuditTrail } from './audit/trail.ts'
import { AccountCache } from './auth/account-cache.ts'
import { ensureFirstAdmin } from './auth/first-admin.ts'
import { DEFAULT_COST, Passwords } from './auth/passwords.ts'
import { Tokens } from './auth/tokens.ts'
import { openBlobs } from './blobs/index.ts'
import { BlobParts } from './captures/blob-parts.ts'
import { CaptureLooks } from './captures/capture-looks.ts'
import { FileParts } from './captures/file-parts.ts'
import { PartialUploads } from './captures/partial-uploads.ts'
import { KeptAnswers } from './changes/kept-answers.ts'
import { openChanges } from './changes/open-changes.ts'
import type { Config } from './config/config.ts'
import { databaseOptions } from './database-options.ts'
import { postgresLogin } from './db/database-url.ts'
import { grantApplicationLogin, loginProblems } from './db/grants.ts'
import { upgrade } from './db/migrator.ts'
import { type OpenDatabase, openDatabase } from './db/open-database.ts'
import { Housekeeping } from './housekeeping/housekeeping.ts'
import { closeWithin } from './http/closing.ts'
import { TaskQueue } from './jobs/task-queue.ts'
import { TaskSignals } from './jobs/task-signals.ts'
import { newLogger } from './logging/logger.ts'
import { Mailer } from './mail/mailer.ts'
import { ProgressHub } from './progress/hub.ts'
import type { App, Services } from './services.ts'
import { SharedReads } from './shared-reads.ts'
import { TaskLookups } from './tasks/task-lookups.ts'
import { Throttle } from './throttle/throttle.ts'
import { startWorker } from './worker/start-worker.ts'

/** A first look reads a few megabytes at most. */
const MOST_LOOK_SECONDS = 60

export interface ServiceOptions {
  readonly config: Config
  /** Takes lines of the log. */
  readonly writeLog: (line: string) => void
  /** Takes what the operator must read: the first password, where to open the service. */
  readonly print: (text: string) => void
  readonly now?: () => Date
  /** Cost of bcrypt; only tests lower it. */
  readonly passwordCost?: number
  /** Where the first administrator's password may be mounted. */
  readonly mountedPassword?: string
}

/** A service that is up. */
export interface RunningService {
  /** Where it listens; null for a worker alone. */
  readonly url: string | null
  readonly services: Services
  /** Without listening, for tests. */
  readonly app: App | null
  readonly housekeeping: Housekeeping | null
  /** Answers what is under way, ends or gives back tasks, closes everything; within the time that the configuration sets. */
  close(): Promise<void>
}

/** Opens and migrates the database, creates the first administrator, listens, and analyses unless told otherwise. */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { config, print } = options
  const { database, services } = await openServices(options)
  const graceMs = config.values.SHUTDOWN_TIMEOUT_SECONDS * 1000
  const closing: (() => Promise<void>)[] = [() => database.close()]
  const close = async () => {
    for (const step of closing.toReversed()) await step()
  }
  try {
    await ensureFirstAdmin(services, print, options.mountedPassword)
    closing.push(
      () => services.audit.settle(),
      () => services.mailer.settle(),
    )
    if (config.values.INLINE_WORKER) {
      const worker = startWorker(services)
      closing.push(() => worker.stop(graceMs))
    }
    const housekeeping = new Housekeeping(services)
    closing.push(() => housekeeping.stop())
    services.queue.signals.listen()
    closing.push(() => services.queue.signals.stop())
    services.changes.listen()
    closing.push(() => services.changes.stop())
    closing.push(() => services.looks.close())
    const app = await buildApp(services)
    closing.push(async () => {
      await closeWithin(app, graceMs)
      services.progress.stop()
    })
    const url = await app.listen({ host: config.values.HOST ?? '127.0.0.1', port: config.values.PORT })
    print(`PCAP Analyzer is ready: open ${url}\n`)
    return { url, services, app, housekeeping, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A worker alone. */
export async function startWorkerService(options: ServiceOptions): Promise<RunningService> {
  const { database, services } = await openServices(options)
  services.queue.signals.listen()
  const worker = startWorker(services)
  options.print('PCAP Analyzer worker is ready\n')
  const close = async () => {
    await worker.stop(options.config.values.SHUTDOWN_TIMEOUT_SECONDS * 1000)
    await services.queue.signals.stop()
    await services.audit.settle()
    await database.close()
  }
  return { url: null, services, app: null, housekeeping: null, close }
}

async function openServices(options: ServiceOptions): Promise<{ database: OpenDatabase; services: Services }> {
  const { config, writeLog, now = () => new Date(), passwordCost = DEFAULT_COST } = options
  const { values } = config
  const log = newLogger(config, writeLog)
  for (const warning of config.warnings) log.warn(warning)
  await migrate(config)
  const database = openDatabase(databaseOptions(config, values.DATABASE_URL ?? ''))
  for (const problem of await loginProblems(database)) log.warn(problem)
  const dataFolder = values.DATA_DIR ?? 'data'
  const auditPath = join(dataFolder, 'logs', 'audit.jsonl')
  const partsLifeMs = values.UPLOAD_EXPIRY_HOURS * 3_600_000
  const signals = new TaskSignals(database, log)
  const changes = openChanges(database, log)
  const blobs = openBlobs(config)
  const parts =
    values.STORAGE === 's3' ? new BlobParts(blobs, partsLifeMs) : new FileParts(join(dataFolder, 'parts'), partsLifeMs)
  const services: Services = {
    config,
    database,
    blobs,
    looks: new CaptureLooks({
      memoryMb: values.ANALYSIS_MEMORY_MB,
      timeoutSeconds: Math.min(MOST_LOOK_SECONDS, values.ANALYSIS_TIMEOUT_SECONDS),
    }),
    partialUploads: new PartialUploads({ parts, lifeMs: partsLifeMs, now }),
    audit: new AuditTrail({ database, log, path: auditPath, now }),
    mailer: new Mailer(config, database, log),
    passwords: new Passwords(passwordCost),
    tokens: new Tokens(config.secretKey, now),
    throttle: new Throttle(database, now),
    changes,
    accounts: new AccountCache(changes, now),
    keptAnswers: new KeptAnswers(changes),
    sharedReads: new SharedReads(),
    taskLookups: new TaskLookups(database, now),
    queue: new TaskQueue({
      database,
      signals,
      now,
      timeToLiveMs: values.REPORT_TTL_HOURS * 3_600_000,
    }),
    progress: new ProgressHub({ database, changes, log }),
    log,
    now,
  }
  return { database, services }
}

/** As the schema's owner, where the application is another login, which then gets what it needs. */
async function migrate(config: Config): Promise<void> {
  const { DATABASE_MIGRATION_URL: ownerUrl, DATABASE_URL } = config.values
  const database = openDatabase(databaseOptions(config, ownerUrl ?? DATABASE_URL ?? ''))
  try {
    await upgrade(database)
    const login = ownerUrl === null ? null : postgresLogin(DATABASE_URL ?? '')
    if (login !== null) await grantApplicationLogin(database, login)
  } finally {
    await database.close()
  }
}
