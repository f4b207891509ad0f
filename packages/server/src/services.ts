import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { AuditTrail } from './audit/trail.ts'
import type { AccountCache } from './auth/account-cache.ts'
import type { Passwords } from './auth/passwords.ts'
import type { Tokens } from './auth/tokens.ts'
import type { Blobs } from './blobs/blobs.ts'
import type { CaptureLooks } from './captures/capture-looks.ts'
import type { PartialUploads } from './captures/partial-uploads.ts'
import type { Changes } from './changes/changes.ts'
import type { KeptAnswers } from './changes/kept-answers.ts'
import type { Config } from './config/config.ts'
import type { OpenDatabase } from './db/open-database.ts'
import type { TaskQueue } from './jobs/task-queue.ts'
import type { Mailer } from './mail/mailer.ts'
import type { ProgressHub } from './progress/hub.ts'
import type { SharedReads } from './shared-reads.ts'
import type { TaskLookups } from './tasks/task-lookups.ts'
import type { Throttle } from './throttle/throttle.ts'

/** What features are built from; made once in service.ts. */
export interface Services {
  readonly config: Config
  readonly database: OpenDatabase
  readonly blobs: Blobs
  readonly looks: CaptureLooks
  readonly partialUploads: PartialUploads
  readonly audit: AuditTrail
  readonly mailer: Mailer
  readonly passwords: Passwords
  readonly tokens: Tokens
  readonly throttle: Throttle
  readonly accounts: AccountCache
  readonly changes: Changes
  readonly keptAnswers: KeptAnswers
  readonly sharedReads: SharedReads
  readonly taskLookups: TaskLookups
  readonly queue: TaskQueue
  readonly progress: ProgressHub
  readonly log: FastifyBaseLogger
  readonly now: () => Date
}

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** Adds its routes; the list of features stands in app.ts. */
export type Feature = (app: App, services: Services) => void
