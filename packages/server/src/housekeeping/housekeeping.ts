import { databaseOptions } from '../database-options.ts'
import { openDatabase } from '../db/open-database.ts'
import type { TaskStatus } from '../db/schema.ts'
import { asTenant, SERVICE } from '../db/tenant.ts'
import type { Services } from '../services.ts'
import { forgetContent } from '../tasks/forget-content.ts'

const EVERY_MS = 5 * 60_000
const DAY_MS = 86_400_000
/** A blob without a row may belong to an upload that is still under way. */
const LEAST_AGE_MS = 3_600_000
const BATCH = 500
const FORGET_ATTEMPTS_SECONDS = 86_400

/** What one round did. */
export interface HousekeepingResult {
  readonly expired: number
  /** Blobs that no row knew. */
  readonly orphanBlobs: number
  /** Uploads in parts that nobody ended. */
  readonly abandonedUploads: number
  /** Rows whose report was gone from the store. */
  readonly missingReports: number
  /** Rows whose capture was. */
  readonly missingCaptures: number
}

/** Ends what has expired, and compares store and database both ways, now and then. */
export class Housekeeping {
  readonly #services: Services
  readonly #timer: NodeJS.Timeout
  #running: Promise<unknown> = Promise.resolve()

  constructor(services: Services) {
    this.#services = services
    this.#timer = setInterval(() => {
      this.#running = this.run().catch((error) => services.log.error({ err: error }, 'housekeeping failed'))
    }, EVERY_MS)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }

  async run(): Promise<HousekeepingResult> {
    const expired = await this.#expireReports()
    const { orphanBlobs, missingReports, missingCaptures } = await this.#reconcile()
    const abandonedUploads = await this.#services.partialUploads.removeAbandoned()
    await this.#forget()
    // what was read before is not shown any more
    await this.#services.changes.settled()
    return { expired, orphanBlobs, abandonedUploads, missingReports, missingCaptures }
  }

  /** Rows first: then nobody is promised a file that is about to go. */
  async #expireReports(): Promise<number> {
    const { database, blobs, now } = this.#services
    const at = now().toISOString()
    const due = await asTenant(database, SERVICE, (transaction) =>
      transaction
        .selectFrom('tasks')
        .select(['task_id', 'capture_key', 'report_html_path', 'report_json_path'])
        .where('expires_at', '<=', at)
        .where(({ eb, or }) => or([eb('status', '!=', 'expired'), eb('capture_key', 'is not', null)]))
        .limit(BATCH)
        .execute(),
    )
    for (const task of due) {
      const gone = { status: 'expired', capture_key: null, report_html_path: null, report_json_path: null } as const
      await asTenant(database, SERVICE, async (transaction) => {
        await transaction.updateTable('tasks').set(gone).where('task_id', '=', task.task_id).execute()
        await forgetContent(transaction, task.task_id)
      })
      for (const key of [task.capture_key, task.report_html_path, task.report_json_path]) {
        if (key !== null) await blobs.delete(key)
      }
    }
    return due.length
  }

  async #reconcile(): Promise<Pick<HousekeepingResult, 'orphanBlobs' | 'missingReports' | 'missingCaptures'>> {
    const { database, blobs, now, log } = this.#services
    const oldest = now().getTime() - LEAST_AGE_MS
    const stored = new Set<string>()
    const old: string[] = []
    for (const prefix of ['uploads', 'reports']) {
      for await (const { key, modifiedAt } of blobs.list(prefix)) {
        stored.add(key)
        if (modifiedAt.getTime() < oldest) old.push(key)
      }
    }
    const rows = await asTenant(database, SERVICE, (transaction) =>
      transaction
        .selectFrom('tasks')
        .select(['task_id', 'status', 'capture_key', 'report_html_path', 'report_json_path'])
        .where(({ eb, or }) => or([eb('capture_key', 'is not', null), eb('report_json_path', 'is not', null)]))
        .execute(),
    )
    const known = new Set(rows.flatMap((row) => [row.capture_key, row.report_html_path, row.report_json_path]))
    const orphans = old.filter((key) => !known.has(key))
    for (const key of orphans) await blobs.delete(key)
    const isMissing = (key: string | null) => key !== null && !stored.has(key)
    const suspects = rows.filter((row) => row.status === 'completed' && isMissing(row.report_json_path))
    let missingReports = 0
    for (const { task_id, report_json_path } of suspects) {
      // a report may have come since the store was listed
      if (report_json_path === null || (await blobs.has(report_json_path))) continue
      missingReports++
      log.error({ task: task_id }, 'the report is gone from the store')
      await asTenant(database, SERVICE, (transaction) =>
        transaction
          .updateTable('tasks')
          .set({ status: 'expired', report_html_path: null, report_json_path: null, error_code: 'REPORT_MISSING' })
          .where('task_id', '=', task_id)
          .execute(),
      )
    }
    const missingCaptures = await this.#forgetCaptures(rows.filter((row) => isMissing(row.capture_key)))
    return { orphanBlobs: orphans.length, missingReports, missingCaptures }
  }

  /** Captures that are gone can neither be downloaded nor analysed again; those that wait for their analysis fail when it begins. */
  async #forgetCaptures(
    suspects: readonly { task_id: string; status: TaskStatus; capture_key: string | null }[],
  ): Promise<number> {
    const { blobs, log, queue } = this.#services
    let missing = 0
    for (const { task_id, status, capture_key } of suspects) {
      const isUnderWay = status === 'pending' || status === 'processing'
      if (isUnderWay || capture_key === null || (await blobs.has(capture_key))) continue
      missing++
      log.error({ task: task_id }, 'the capture is gone from the store')
      await queue.forgetCapture(task_id)
    }
    return missing
  }

  /** What is only kept for a while: sessions, reset links, counted tries, lines of the audit trail. */
  async #forget(): Promise<void> {
    const { database, throttle, config, now } = this.#services
    const yesterday = new Date(now().getTime() - DAY_MS).toISOString()
    await database.query.deleteFrom('sessions').where('expires_at', '<', yesterday).execute()
    await database.query.deleteFrom('password_reset_tokens').where('expires_at', '<', yesterday).execute()
    await throttle.sweep(FORGET_ATTEMPTS_SECONDS)
    const { AUDIT_RETENTION_DAYS, DATABASE_MIGRATION_URL } = config.values
    const before = new Date(now().getTime() - AUDIT_RETENTION_DAYS * DAY_MS).toISOString()
    // the application's own login may only add lines to the trail
    const owner =
      DATABASE_MIGRATION_URL === null ? database : openDatabase(databaseOptions(config, DATABASE_MIGRATION_URL))
    try {
      await owner.query.deleteFrom('audit_events').where('timestamp', '<', before).execute()
    } finally {
      if (owner !== database) await owner.close()
    }
  }
}
