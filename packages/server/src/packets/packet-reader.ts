import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HttpError } from '../http/http-error.ts'
import type { Services } from '../services.ts'
import type { ListedTask } from '../tasks/store.ts'
import { TooManyWaiting, Turns } from '../turns.ts'
import { runChild, scriptBeside } from '../worker/run-child.ts'
import { ANSWER_FILE } from './files.ts'
import type { Frame, PacketColumn, PacketMessage, PacketOrder, Stream } from './messages.ts'
import { type Asker, OneQuery } from './one-query.ts'
import { type PacketList, PacketLists } from './packet-lists.ts'
import { UserTurns } from './user-turns.ts'

const AT_ONCE = 2
const MOST_WAITING = 20
/** Lists that are made for one user at once. */
const AT_ONCE_A_USER = 2
const LIMITS = { timeoutSeconds: 60, fileMb: 256 } as const
const SCRIPT = scriptBeside(import.meta.url, 'packets-child')
/** Rows of one list; whoever wants those behind narrows the filter. */
export const MOST_ROWS = 200_000
/** Bytes of a stream that is followed. */
const MOST_STREAM_BYTES = 1 << 20

/** How a packet list is asked for. */
export interface Listing {
  readonly filter: string
  readonly sort: PacketColumn
  readonly isDescending: boolean
}

type Asked = PacketOrder extends infer One
  ? One extends PacketOrder
    ? Omit<One, 'capture' | 'folder' | 'mostExpansionRatio'>
    : never
  : never

/** Reads stored captures for those who look at packets, a few at a time, each in a limited process of its own. */
export class PacketReader {
  readonly #services: Services
  readonly #turns = new Turns(AT_ONCE, MOST_WAITING)
  readonly #lists = new PacketLists()
  readonly #queries = new OneQuery()
  readonly #ofUsers = new UserTurns(AT_ONCE_A_USER, MOST_WAITING)
  readonly #stopping = new AbortController()
  readonly #ignoreSignals: () => void

  constructor(services: Services) {
    this.#services = services
    this.#ignoreSignals = services.queue.signals.onSignal((signal) => {
      if (signal.kind === 'cancel') this.#lists.forget(signal.taskId)
    })
  }

  stop(): void {
    this.#ignoreSignals()
    this.#stopping.abort()
    this.#lists.stop()
  }

  /**
   * A list, for one query of a window at a time, and so many of a user.
   * @param gone when whoever asked does not wait any more
   * @throws {HttpError} 400 with `error_type: invalid_filter`, 404, 409 with `error_type: query_replaced`, 503
   */
  list(
    task: ListedTask,
    { filter, sort, isDescending }: Listing,
    asker: Asker,
    gone: AbortSignal,
  ): Promise<PacketList> {
    const key = JSON.stringify([filter, sort, isDescending])
    const make = async (signal: AbortSignal) => {
      const folder = await newFolder()
      try {
        const asked = { kind: 'list', filter, sort, isDescending, mostRows: MOST_ROWS } as const
        const made = await this.#ofUsers.run(asker.userId, () => {
          signal.throwIfAborted()
          return this.#run(task, folder, asked, signal)
        })
        if (made.kind !== 'list') throw new Error(`a list became ${made.kind}`)
        return { ...made, folder }
      } catch (error) {
        await remove(folder)
        throw error instanceof TooManyWaiting ? busy() : error
      }
    }
    return this.#queries.run(asker, `${task.task_id} ${key}`, (replaced) =>
      this.#lists.get(task.task_id, key, make, AbortSignal.any([replaced, gone])),
    )
  }

  /** @throws {HttpError} 404, 503 */
  frame(task: ListedTask, number: number, withPayload: boolean): Promise<Frame> {
    return this.#answer<Frame>(task, { kind: 'frame', number, withPayload })
  }

  /** @throws {HttpError} 404, 503 */
  stream(task: ListedTask, transport: 'tcp' | 'udp', stream: number): Promise<Stream> {
    return this.#answer<Stream>(task, { kind: 'stream', transport, stream, mostBytes: MOST_STREAM_BYTES })
  }

  async #answer<Answer>(task: ListedTask, asked: Asked): Promise<Answer> {
    const folder = await newFolder()
    try {
      await this.#run(task, folder, asked)
      return JSON.parse(await readFile(join(folder, ANSWER_FILE), 'utf8')) as Answer
    } finally {
      await remove(folder)
    }
  }

  async #run(task: ListedTask, folder: string, asked: Asked, signal?: AbortSignal): Promise<PacketMessage> {
    const { blobs, config } = this.#services
    const capture = task.capture_key === null ? null : await blobs.file(task.capture_key)
    if (capture === null) throw new HttpError(404, 'capture_gone', 'The capture is not stored any more')
    const order = { ...asked, capture: capture.path, folder, mostExpansionRatio: config.values.MAX_EXPANSION_RATIO }
    try {
      return await this.#turns.run(() => this.#inChild(order as PacketOrder, folder, signal))
    } catch (error) {
      if (error instanceof TooManyWaiting) throw busy()
      throw error
    } finally {
      await capture.release()
    }
  }

  async #inChild(order: PacketOrder, folder: string, signal?: AbortSignal): Promise<PacketMessage> {
    const { config, log } = this.#services
    let said: PacketMessage | null = null
    const failure = await runChild<PacketMessage>(SCRIPT, order, {
      folder,
      limits: { ...LIMITS, memoryMb: config.values.ANALYSIS_MEMORY_MB },
      signal: signal === undefined ? this.#stopping.signal : AbortSignal.any([this.#stopping.signal, signal]),
      onMessage: (message) => {
        said = message
      },
    })
    const last = (failure ?? said) as PacketMessage | Exclude<typeof failure, null> | null
    if (last === null || last.kind === 'stopped') throw busy()
    if (last.kind === 'missing') throw new HttpError(404, 'no_such_packet', 'The capture holds no such frame or stream')
    if (last.kind === 'bad-filter') {
      throw new HttpError(400, 'invalid_filter', last.message, { fields: { hint: last.hint } })
    }
    if (last.kind !== 'failed') return last
    log.error({ code: last.code, reason: last.message }, 'packets of a capture could not be read')
    throw new HttpError(503, 'too_costly', 'The packets could not be read: it takes more time or memory than allowed.')
  }
}

function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'pcap-packets-'))
}

function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true })
}

function busy(): HttpError {
  return new HttpError(503, 'busy', 'Too many captures are being read. Please try again later.', {
    headers: { 'retry-after': '5' },
  })
}
