import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { Blobs } from '../blobs/blobs.ts'
import type { Config } from '../config/config.ts'
import { isDatabaseAway } from '../db/database-away.ts'
import { type Claim, HEARTBEAT_MS, type Outcome, type TaskQueue } from '../jobs/task-queue.ts'
import type { Snapshot } from '../progress/snapshots.ts'
import { failureText } from './failure-text.ts'
import { newWorkFolder } from './left-folders.ts'
import { type AnalysisProgress, REPORT_HTML, REPORT_JSON } from './messages.ts'
import { provisionalText } from './provisional-findings.ts'
import { type AnalysisResult, runAnalysis } from './run-analysis.ts'

/** How often an idle worker looks whether another process has added work. */
const LOOK_MS = 1000
/** A snapshot is stored for every so many percent. */
const SNAPSHOT_PERCENT = 5

export interface WorkerParts {
  readonly config: Config
  readonly queue: TaskQueue
  readonly blobs: Blobs
  readonly log: FastifyBaseLogger
  /** The language of a task's owner. */
  readonly languageOf: (ownerId: string | null) => Promise<'en' | 'fr'>
}

/** Analyses tasks, some at a time, until it is stopped. */
export class Worker {
  readonly #parts: WorkerParts
  /** Takes no more tasks. */
  readonly #stopping = new AbortController()
  /** Ends those under way. */
  readonly #ending = new AbortController()
  readonly #running: Promise<void>[]
  #busy = 0

  constructor(parts: WorkerParts) {
    this.#parts = parts
    this.#running = Array.from({ length: parts.config.values.WORKER_CONCURRENCY }, () => this.#work())
  }

  /** Analyses under way. */
  get active(): number {
    return this.#busy
  }

  /** Takes no more tasks; those that do not end in the time given are given back. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort()
    this.#parts.queue.poke()
    const timer = setTimeout(() => this.#ending.abort(), graceMs)
    await Promise.all(this.#running)
    clearTimeout(timer)
  }

  async #work(): Promise<void> {
    const { queue, log } = this.#parts
    while (!this.#stopping.signal.aborted) {
      try {
        await queue.giveUp()
        const claim = await queue.claim(randomUUID())
        if (claim === null) {
          await this.#idle()
          continue
        }
        if (this.#stopping.signal.aborted) {
          await queue.release(claim)
          return
        }
        this.#busy++
        await this.#analyze(claim).finally(() => this.#busy--)
      } catch (error) {
        // the database may be away: the lease ends by itself and the task is taken again
        log.error({ err: error }, 'the worker could not go on with a task')
        await this.#idle()
      }
    }
  }

  #idle(): Promise<void> {
    const { signals } = this.#parts.queue
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        ignore()
        resolve()
      }
      const timer = setTimeout(done, LOOK_MS)
      const ignore = signals.onSignal(({ kind }) => {
        if (kind === 'work') done()
      })
      if (this.#stopping.signal.aborted) done()
    })
  }

  async #analyze(claim: Claim): Promise<void> {
    const { queue, log } = this.#parts
    const stop = new AbortController()
    let isCancelled = false
    let isLost = false
    const beat = setInterval(() => {
      queue.beat(claim).then(
        (answer) => {
          if (answer === 'continue') return
          isCancelled = answer === 'cancel'
          isLost = answer === 'lost'
          stop.abort()
        },
        (error) => log.warn({ err: error }, 'heartbeat failed'),
      )
    }, HEARTBEAT_MS)
    const ignore = queue.signals.onSignal((signal) => {
      if (signal.kind !== 'cancel' || signal.taskId !== claim.task.task_id) return
      isCancelled = true
      stop.abort()
    })
    const end = () => stop.abort()
    this.#ending.signal.addEventListener('abort', end, { once: true })
    if (this.#ending.signal.aborted) end()
    const folder = await newWorkFolder()
    try {
      if (claim.task.cancel_requested) {
        await queue.finish(claim, { status: 'cancelled' })
        return
      }
      const result = await this.#run(claim, folder, stop.signal)
      if (isLost) return
      if (result.kind === 'stopped')
        await (isCancelled ? queue.finish(claim, { status: 'cancelled' }) : queue.release(claim))
      else
        await this.#patiently(
          () => this.#conclude(claim, folder, result),
          () => isLost,
        )
    } finally {
      clearInterval(beat)
      ignore()
      this.#ending.signal.removeEventListener('abort', end)
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** An analysis is not given up because the database restarts just now. */
  async #patiently<Result>(work: () => Promise<Result>, isInVain: () => boolean): Promise<Result> {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (!isDatabaseAway(error) || isInVain() || this.#ending.signal.aborted) throw error
        this.#parts.log.warn({ err: error }, 'the worker waits for the database')
        await wait(LOOK_MS, undefined, { signal: this.#ending.signal }).catch(() => undefined)
      }
    }
  }

  async #run({ task, lease }: Claim, folder: string, signal: AbortSignal): Promise<AnalysisResult> {
    const { config, queue, blobs, log, languageOf } = this.#parts
    const { values } = config
    const capture = task.capture_key === null ? null : await blobs.file(task.capture_key)
    if (capture === null) return { kind: 'failed', code: 'CAPTURE_MISSING', message: 'no capture in the store' }
    let reported = -SNAPSHOT_PERCENT
    let reporting = Promise.resolve()
    let latest: Snapshot = {
      phase: 'starting',
      progressPercent: 0,
      packetsProcessed: 0,
      totalPackets: null,
      currentAnalyzer: null,
      message: null,
    }
    const report = (snapshot: Snapshot) => {
      latest = snapshot
      reporting = reporting
        .then(() => queue.report({ task, lease }, snapshot))
        .catch((error) => log.warn({ err: error }, 'progress could not be stored'))
    }
    const order = {
      capture: capture.path,
      name: task.filename,
      folder,
      language: await this.#patiently(
        () => languageOf(task.owner_id),
        () => signal.aborted,
      ),
      mostExpansionRatio: values.MAX_EXPANSION_RATIO,
    }
    const limits = { memoryMb: values.ANALYSIS_MEMORY_MB, timeoutSeconds: values.ANALYSIS_TIMEOUT_SECONDS }
    try {
      const tell = (news: Parameters<Parameters<typeof runAnalysis>[2]>[0]) => {
        if (news.kind === 'provisional') {
          report({ ...latest, phase: 'provisional', message: provisionalText(news.findings) })
        } else if (news.percent >= reported + SNAPSHOT_PERCENT || news.phase === 'starting') {
          reported = news.percent - (news.percent % SNAPSHOT_PERCENT)
          report(snapshotOf(news))
        }
      }
      return await runAnalysis(order, limits, tell, signal)
    } finally {
      await reporting
      await capture.release()
    }
  }

  async #conclude(claim: Claim, folder: string, result: AnalysisResult): Promise<void> {
    const { queue, blobs, log, config } = this.#parts
    const { task } = claim
    const outcome = await this.#outcomeOf(claim, folder, result)
    if (!(await queue.finish(claim, outcome))) {
      log.warn({ task: task.task_id }, 'the lease was lost before the end; another worker has the task')
      return
    }
    if (result.kind === 'failed')
      log.error({ task: task.task_id, code: result.code, reason: result.message }, 'analysis failed')
    else log.info({ task: task.task_id }, 'analysis completed')
    if (outcome.status === 'completed' && config.values.KEEP_CAPTURES === 'never' && task.capture_key !== null) {
      await blobs.delete(task.capture_key)
      await queue.forgetCapture(task.task_id)
    }
  }

  async #outcomeOf({ task }: Claim, folder: string, result: AnalysisResult): Promise<Outcome> {
    const { blobs, languageOf } = this.#parts
    if (result.kind !== 'done') {
      const code = result.kind === 'failed' ? result.code : 'STOPPED'
      return { status: 'failed', code, message: failureText(code, await languageOf(task.owner_id)) }
    }
    const jsonKey = `reports/${task.task_id}.json`
    const htmlKey = `reports/${task.task_id}.html`
    for (const [key, name] of [
      [jsonKey, REPORT_JSON],
      [htmlKey, REPORT_HTML],
    ] as const) {
      await blobs.put(key, createReadStream(join(folder, name)), Number.MAX_SAFE_INTEGER)
    }
    return {
      status: 'completed',
      totalPackets: result.packets,
      healthScore: result.healthScore,
      htmlKey,
      jsonKey,
    }
  }
}

function snapshotOf({ phase, percent, packets, totalPackets, currentAnalyzer }: AnalysisProgress): Snapshot {
  return { phase, progressPercent: percent, packetsProcessed: packets, totalPackets, currentAnalyzer, message: null }
}
