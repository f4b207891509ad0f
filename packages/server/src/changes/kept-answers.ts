import type { Tenant } from '../db/tenant.ts'
import type { Change, Changes } from './changes.ts'

/** What an answer is about: one task, or a list of tasks by the address that asks for it. */
export type About = { readonly taskId: string } | { readonly list: string }

export interface KeptBounds {
  readonly mostBytes: number
  readonly mostAnswers: number
}

/** An answer as it is sent fastest: short ones with their headers in one piece, long ones without being encoded again. */
export type KeptAnswer = string | Buffer

const LONG = 4096
const BOUNDS: KeptBounds = { mostBytes: 64 << 20, mostAnswers: 50_000 }

/** What one viewer was answered. Viewers are told apart by what row-level security tells apart: user and role. */
interface Viewer {
  readonly tenant: Tenant
  readonly tasks: Map<string, KeptAnswer>
  readonly lists: Map<string, KeptAnswer>
  /** What is being read for this viewer. */
  readonly readings: Set<Reading>
}

interface Reading {
  readonly taskId: string | null
  isStale: boolean
}

/**
 * Answers as they were sent, until anything changes that they show. Each was read as its viewer, under row-level security, and is given
 * to that viewer alone; an administrator sees tasks of all. An answer that was being read while something changed is sent and not kept.
 */
export class KeptAnswers {
  readonly #changes: Changes
  readonly #bounds: KeptBounds
  readonly #viewers = new Map<string, Viewer>()
  #bytes = 0
  #answers = 0

  constructor(changes: Changes, bounds: KeptBounds = BOUNDS) {
    this.#changes = changes
    this.#bounds = bounds
    changes.onChange((change) => this.#forget(change))
  }

  /** How much is kept. */
  get size(): { readonly bytes: number; readonly answers: number } {
    return { bytes: this.#bytes, answers: this.#answers }
  }

  /** The answer as it was sent the last time, if it still holds. */
  find({ userId, role }: Tenant, about: About): KeptAnswer | null {
    if (!this.#changes.isHeard) return null
    const viewer = this.#viewers.get(viewerKey(userId, role))
    if (viewer === undefined) return null
    return ('taskId' in about ? viewer.tasks.get(about.taskId) : viewer.lists.get(about.list)) ?? null
  }

  /** Reads an answer and keeps it. What `read` throws is not kept. */
  async read(tenant: Tenant, about: About, read: () => Promise<string>): Promise<KeptAnswer> {
    const viewer = this.#viewer(tenant)
    const reading: Reading = { taskId: 'taskId' in about ? about.taskId : null, isStale: false }
    viewer.readings.add(reading)
    try {
      const text = await read()
      const answer = text.length < LONG ? text : Buffer.from(text)
      // asked first: it may tell of a change
      const { isHeard } = this.#changes
      if (isHeard && !reading.isStale) this.#keep(viewer, about, answer)
      return answer
    } finally {
      viewer.readings.delete(reading)
      this.#dropIfEmpty(viewer)
    }
  }

  #viewer(tenant: Tenant): Viewer {
    const key = viewerKey(tenant.userId, tenant.role)
    const viewer = this.#viewers.get(key) ?? { tenant, tasks: new Map(), lists: new Map(), readings: new Set() }
    this.#viewers.set(key, viewer)
    return viewer
  }

  #keep(viewer: Viewer, about: About, answer: KeptAnswer): void {
    if (Buffer.byteLength(answer) > this.#bounds.mostBytes) return
    const [answers, name] = 'taskId' in about ? [viewer.tasks, about.taskId] : [viewer.lists, about.list]
    this.#drop(answers, name)
    answers.set(name, answer)
    this.#bytes += Buffer.byteLength(answer)
    this.#answers++
    while (this.#bytes > this.#bounds.mostBytes || this.#answers > this.#bounds.mostAnswers) this.#dropOldest()
  }

  #forget(change: Change): void {
    if (change.kind === 'access') return // what a viewer may do is looked up before
    for (const viewer of this.#viewers.values()) {
      if (change.kind === 'everything') this.#forgetAllOf(viewer)
      else if (change.kind === 'name') {
        if (sees(viewer, change.userId)) this.#forgetAllOf(viewer)
      } else if (sees(viewer, change.ownerId)) this.#forgetTask(viewer, change.taskId)
      this.#dropIfEmpty(viewer)
    }
  }

  #forgetTask(viewer: Viewer, taskId: string | null): void {
    for (const reading of viewer.readings) {
      if (reading.taskId === null || reading.taskId === taskId) reading.isStale = true
    }
    if (taskId !== null) this.#drop(viewer.tasks, taskId)
    for (const list of viewer.lists.keys()) this.#drop(viewer.lists, list)
  }

  #forgetAllOf(viewer: Viewer): void {
    for (const reading of viewer.readings) reading.isStale = true
    for (const answers of [viewer.tasks, viewer.lists]) for (const name of answers.keys()) this.#drop(answers, name)
  }

  #drop(answers: Map<string, KeptAnswer>, name: string): void {
    const answer = answers.get(name)
    if (answer === undefined) return
    answers.delete(name)
    this.#bytes -= Buffer.byteLength(answer)
    this.#answers--
  }

  /** Of the viewer who came first, what was kept first. */
  #dropOldest(): void {
    for (const viewer of this.#viewers.values()) {
      for (const answers of [viewer.lists, viewer.tasks]) {
        for (const name of answers.keys()) {
          this.#drop(answers, name)
          this.#dropIfEmpty(viewer)
          return
        }
      }
    }
  }

  #dropIfEmpty({ tenant, tasks, lists, readings }: Viewer): void {
    if (tasks.size + lists.size + readings.size === 0) this.#viewers.delete(viewerKey(tenant.userId, tenant.role))
  }
}

function viewerKey(userId: string, role: Tenant['role']): string {
  return role === 'admin' ? `${userId} admin` : userId
}

function sees({ tenant }: Viewer, ownerId: string | null): boolean {
  return tenant.role === 'admin' || tenant.userId === ownerId
}
