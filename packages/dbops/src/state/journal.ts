import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DbopsError } from '../errors.ts'
import { atomicWrite, privateFolder } from './atomic-write.ts'

/** How far a step came: `intent` is written before it is tried. */
export interface JournalStep {
  readonly name: string
  readonly state: 'intent' | 'done'
  readonly at: string
  /** What later steps and an undo need; never a secret. */
  readonly data?: unknown
}

/** A change of several steps, as it stands on disk. */
export interface JournalEntry {
  readonly id: string
  readonly kind: string
  readonly target: string
  readonly startedAt: string
  readonly status: 'open' | 'done' | 'aborted'
  readonly payload: unknown
  readonly steps: readonly JournalStep[]
}

/** Writes intent, step and end of one change, each durably before the next begins, so that a crash can be resumed or undone. */
export class Journal {
  readonly #path: string
  #entry: JournalEntry
  readonly #now: () => Date

  private constructor(path: string, entry: JournalEntry, now: () => Date) {
    this.#path = path
    this.#entry = entry
    this.#now = now
  }

  static begin(
    folder: string,
    change: { kind: string; target: string; payload: unknown },
    now = () => new Date(),
  ): Journal {
    const id = `${change.kind}-${randomUUID().slice(0, 8)}`
    const entry: JournalEntry = { id, ...change, startedAt: now().toISOString(), status: 'open', steps: [] }
    const journal = new Journal(join(privateFolder(folder), `${id}.json`), entry, now)
    journal.#write()
    return journal
  }

  /** @throws {DbopsError} USAGE when there is none of this id, STATE_UNREADABLE when it is damaged */
  static open(folder: string, id: string, now = () => new Date()): Journal {
    const entry = listJournal(folder).find((one) => one.id === id)
    if (entry === undefined)
      throw new DbopsError('USAGE', `no change ${id} is known`, { hint: 'dbops journal lists them' })
    return new Journal(join(folder, `${id}.json`), entry, now)
  }

  get entry(): JournalEntry {
    return this.#entry
  }

  /** Whether a step was finished in this run or one before. */
  isDone(name: string): boolean {
    return this.#entry.steps.some((step) => step.name === name && step.state === 'done')
  }

  /** What a finished step left for later. */
  dataOf(name: string): unknown {
    return this.#entry.steps.findLast((step) => step.name === name && step.state === 'done')?.data
  }

  /** Runs a step unless it is done already; what it returns is kept and must hold no secret. */
  async step<Result>(name: string, work: () => Promise<Result> | Result): Promise<Result> {
    if (this.isDone(name)) return this.dataOf(name) as Result
    this.#add({ name, state: 'intent', at: this.#now().toISOString() })
    const data = await work()
    this.#add({ name, state: 'done', at: this.#now().toISOString(), ...(data === undefined ? {} : { data }) })
    return data
  }

  finish(status: 'done' | 'aborted' = 'done'): void {
    this.#entry = { ...this.#entry, status }
    this.#write()
  }

  #add(step: JournalStep): void {
    this.#entry = { ...this.#entry, steps: [...this.#entry.steps, step] }
    this.#write()
  }

  #write(): void {
    atomicWrite(this.#path, `${JSON.stringify(this.#entry, null, 2)}\n`)
  }
}

/** All changes, oldest first. @throws {DbopsError} STATE_UNREADABLE: a damaged entry is never passed over */
export function listJournal(folder: string): JournalEntry[] {
  const entries = namesIn(folder).map((name) => {
    try {
      return JSON.parse(readFileSync(join(folder, name), 'utf8')) as JournalEntry
    } catch (cause) {
      throw new DbopsError('STATE_UNREADABLE', `the journal entry ${join(folder, name)} cannot be read`, { cause })
    }
  })
  return entries.sort((a, b) => a.startedAt.localeCompare(b.startedAt))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch {
    return [] // nothing was ever changed
  }
}
