import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ROWS_FILE, ROWS_PER_START } from './files.ts'
import type { ListMade, PacketRow } from './messages.ts'

const MOST_LISTS = 12
const KEPT_MS = 10 * 60_000
const SWEEP_MS = 60_000

/** A list of packets in a folder of its own. */
export interface PacketList extends ListMade {
  readonly folder: string
}

interface Kept {
  readonly taskId: string
  readonly list: Promise<PacketList>
  /** Stops the making. */
  readonly stopping: AbortController
  /** How many wait for it. */
  waiting: number
  isMade: boolean
  usedAtMs: number
}

/** Lists that were made a short while ago, so that whoever scrolls does not have the capture read again; few, and not for long. */
export class PacketLists {
  readonly #kept = new Map<string, Kept>()
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS)
    this.#timer.unref()
  }

  /**
   * The list under a key, which is made where there is none; whoever asks meanwhile waits for the same. When nobody waits any more it is
   * not made to its end.
   * @param leaving of whoever asks; rejects with its reason
   */
  async get(
    taskId: string,
    key: string,
    make: (signal: AbortSignal) => Promise<PacketList>,
    leaving: AbortSignal,
  ): Promise<PacketList> {
    leaving.throwIfAborted()
    const name = `${taskId} ${key}`
    const kept = this.#kept.get(name) ?? newKept(taskId, make)
    kept.usedAtMs = Date.now()
    kept.waiting++
    // the one used last stands last
    this.#kept.delete(name)
    this.#kept.set(name, kept)
    kept.list.then(
      () => {
        kept.isMade = true
      },
      () => this.#forget(name, kept),
    )
    for (const oldest of [...this.#kept.keys()].slice(0, -MOST_LISTS)) this.#drop(oldest)
    const { promise: left, reject } = Promise.withResolvers<never>()
    const leave = () => reject(leaving.reason)
    leaving.addEventListener('abort', leave, { once: true })
    try {
      return await Promise.race([kept.list, left])
    } finally {
      leaving.removeEventListener('abort', leave)
      kept.waiting--
      if (leaving.aborted && kept.waiting === 0 && !kept.isMade) {
        this.#forget(name, kept)
        kept.stopping.abort()
      }
    }
  }

  /** Removes what is kept of a task that goes. */
  forget(taskId: string): void {
    for (const [name, kept] of this.#kept) if (kept.taskId === taskId) this.#drop(name)
  }

  stop(): void {
    clearInterval(this.#timer)
    for (const name of this.#kept.keys()) this.#drop(name)
  }

  /** Whoever asks from now on gets another. */
  #forget(name: string, kept: Kept): void {
    if (this.#kept.get(name) === kept) this.#kept.delete(name)
  }

  #sweep(): void {
    const before = Date.now() - KEPT_MS
    for (const [name, { usedAtMs }] of this.#kept) if (usedAtMs < before) this.#drop(name)
  }

  #drop(name: string): void {
    const kept = this.#kept.get(name)
    this.#kept.delete(name)
    kept?.list.then(({ folder }) => rm(folder, { recursive: true, force: true })).catch(() => undefined)
  }
}

function newKept(taskId: string, make: (signal: AbortSignal) => Promise<PacketList>): Kept {
  const stopping = new AbortController()
  return { taskId, list: make(stopping.signal), stopping, waiting: 0, isMade: false, usedAtMs: 0 }
}

/** Rows of a list from `offset` on. */
export async function readRows(list: PacketList, offset: number, limit: number): Promise<PacketRow[]> {
  if (offset >= list.listed) return []
  const first = Math.floor(offset / ROWS_PER_START)
  const start = list.starts[first] ?? 0
  const end = list.starts[Math.ceil((offset + limit) / ROWS_PER_START)]
  const file = await open(join(list.folder, ROWS_FILE))
  try {
    const { size } = await file.stat()
    const bytes = Buffer.alloc((end ?? size) - start)
    await file.read(bytes, 0, bytes.length, start)
    const rows = bytes.toString('utf8').trimEnd().split('\n')
    const skipped = offset - first * ROWS_PER_START
    return rows.slice(skipped, skipped + limit).map((row) => JSON.parse(row) as PacketRow)
  } finally {
    await file.close()
  }
}
