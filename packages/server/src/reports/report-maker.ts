import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { HttpError } from '../http/http-error.ts'
import type { Services } from '../services.ts'
import type { ListedTask } from '../tasks/store.ts'
import { TooManyWaiting, Turns } from '../turns.ts'
import { newWorkFolder } from '../worker/left-folders.ts'
import { runChild, scriptBeside } from '../worker/run-child.ts'
import type { CaptureFormId } from './forms.ts'
import type { ReportMessage, ReportOrder } from './messages.ts'

const AT_ONCE = 2
const MOST_WAITING = 20
const LIMITS = { timeoutSeconds: 120, fileMb: 2048 } as const
const SCRIPT = scriptBeside(import.meta.url, 'report-child')

/** A file that was made from a stored report. */
export interface MadeFile {
  readonly name: string
  /** Removes the file when it is closed. */
  readonly content: Readable
}

/** What is made, beside the paths that {@link ReportMaker} knows itself. */
export type Wanted =
  | { readonly kind: 'form'; readonly form: string; readonly part: string | null }
  | { readonly kind: 'capture-form'; readonly form: CaptureFormId; readonly part: string | null }
  | { readonly kind: 'evidence'; readonly finding: string }

type Made = ReportMessage & { kind: 'made' }

/** Makes files from stored reports and captures, a few at a time, each in a limited process of its own. */
export class ReportMaker {
  readonly #services: Services
  readonly #turns = new Turns(AT_ONCE, MOST_WAITING)
  readonly #stopping = new AbortController()

  constructor(services: Services) {
    this.#services = services
  }

  stop(): void {
    this.#stopping.abort()
  }

  /** One file, or the names of those there are. @throws {HttpError} 404, 503 */
  async make(task: ListedTask, wanted: Wanted): Promise<MadeFile | { readonly parts: readonly string[] }> {
    const { blobs } = this.#services
    const report = task.report_json_path === null ? null : await blobs.file(task.report_json_path)
    if (report === null) throw new HttpError(404, 'report_not_found', `Report not found for task ${task.task_id}`)
    const folder = await newWorkFolder()
    const remove = () => rm(folder, { recursive: true, force: true })
    try {
      const made = await this.#turns.run(() => this.#made(task, wanted, report.path, folder))
      if (made.file === null) {
        await remove()
        return { parts: made.parts }
      }
      const content = createReadStream(join(folder, made.file))
      content.once('close', () => void remove())
      return { name: made.name ?? made.file, content }
    } catch (error) {
      await remove()
      if (error instanceof TooManyWaiting) throw busy()
      throw error
    } finally {
      await report.release()
    }
  }

  async #made(task: ListedTask, wanted: Wanted, report: string, folder: string): Promise<Made> {
    if (wanted.kind === 'form') return this.#run({ ...wanted, report, folder }, folder)
    const capture = task.capture_key === null ? null : await this.#services.blobs.file(task.capture_key)
    if (capture === null) throw new HttpError(404, 'capture_gone', 'The capture is not stored any more')
    const { MAX_EXPANSION_RATIO: mostExpansionRatio } = this.#services.config.values
    try {
      const order: ReportOrder = {
        ...wanted,
        report,
        folder,
        capture: capture.path,
        mostExpansionRatio,
        ...(wanted.kind === 'evidence' && { name: task.filename }),
      } as ReportOrder
      return await this.#run(order, folder)
    } finally {
      await capture.release()
    }
  }

  async #run(order: ReportOrder, folder: string): Promise<Made> {
    const { config, log } = this.#services
    let said: ReportMessage | null = null
    const failure = await runChild<ReportMessage>(SCRIPT, order, {
      folder,
      limits: { ...LIMITS, memoryMb: config.values.ANALYSIS_MEMORY_MB },
      signal: this.#stopping.signal,
      onMessage: (message) => {
        said = message
      },
    })
    const last = (failure ?? said) as ReportMessage | Exclude<typeof failure, null> | null
    if (last?.kind === 'made') return last
    if (last?.kind === 'missing') throw new HttpError(404, 'no_such_part', last.message)
    if (last === null || last.kind === 'stopped') throw busy()
    log.error({ code: last.code, reason: last.message }, 'a file could not be made from a report')
    throw new HttpError(503, 'too_costly', 'This could not be made: it takes more time or memory than allowed.')
  }
}

function busy(): HttpError {
  return new HttpError(503, 'busy', 'Too many files are being made. Please try again later.', {
    headers: { 'retry-after': '5' },
  })
}
