import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { quoteName, quoteText } from '../quote.ts'
import { Journal, type JournalEntry, listJournal } from '../state/journal.ts'

/** What a measure changes. */
export type MeasureSubject =
  | { readonly kind: 'role-limit'; readonly name: string }
  | { readonly kind: 'database-limit'; readonly name: string }
  | { readonly kind: 'setting'; readonly name: string }
  | { readonly kind: 'break-glass'; readonly name: string }

/** Something that holds for a while, as the journal keeps it: an open entry until it is taken back. */
export interface TemporaryMeasure {
  readonly subject: MeasureSubject
  /** What it was and what it is; null for a setting that ALTER SYSTEM had not set. */
  readonly before: string | null
  readonly after: string
  /** ISO 8601. */
  readonly until: string
  readonly reason: string
}

const KIND = 'emergency'

/** Lock on the server of whoever takes measures or takes them back. */
export const EMERGENCY_LOCK = 'emergency'

/** Server of a target, as the journal names it. */
export function targetName({ hosts: [{ host, port }] }: ConnectionParameters): string {
  return `${host}:${port}`
}

/** A measure that still holds, with its place in the journal. */
export interface MeasureInForce extends TemporaryMeasure {
  readonly id: string
  readonly target: string
  readonly isOver: boolean
}

/** Whether an open entry is a measure in force and no change that was broken off. */
export function isMeasure({ kind, status }: JournalEntry): boolean {
  return kind === KIND && status === 'open'
}

/** All measures in force, oldest first. */
export function measuresInForce(journalFolder: string, now: Date): MeasureInForce[] {
  return listJournal(journalFolder)
    .filter(isMeasure)
    .map(({ id, target, payload }) => {
      const measure = payload as TemporaryMeasure
      return { ...measure, id, target, isOver: Date.parse(measure.until) <= now.getTime() }
    })
}

/** `limit of role app`. */
export function describeSubject({ kind, name }: MeasureSubject): string {
  const words = {
    'role-limit': 'connection limit of role',
    'database-limit': 'connection limit of database',
    setting: 'setting',
    'break-glass': 'login of break-glass role',
  }
  return `${words[kind]} ${name}`
}

/**
 * Writes a measure down, and then does it: what is taken back later was always noted before. One subject has one measure at a time, or
 * nobody would know what stood before. @throws {DbopsError} REFUSED
 */
export async function takeMeasure(
  place: { readonly journalFolder: string; readonly target: string; readonly now: () => Date },
  measure: TemporaryMeasure,
  work: () => Promise<void>,
): Promise<string> {
  const { journalFolder, target, now } = place
  const same = measuresInForce(journalFolder, now()).find(
    (one) =>
      one.target === target && one.subject.kind === measure.subject.kind && one.subject.name === measure.subject.name,
  )
  if (same !== undefined)
    throw new DbopsError('REFUSED', `${describeSubject(measure.subject)} is changed already, until ${same.until}`, {
      hint: `dbops emergency expire ${same.id} --apply takes it back first`,
    })
  const journal = Journal.begin(journalFolder, { kind: KIND, target, payload: measure }, now)
  try {
    await journal.step('measure', work)
  } catch (error) {
    journal.finish('aborted')
    throw error
  }
  return journal.entry.id
}

/** Connection limit of a role or database as it is. @throws {DbopsError} USAGE when there is none of this name */
export async function connectionLimitOf(client: ServerClient, { kind, name }: MeasureSubject): Promise<number> {
  const sql =
    kind === 'role-limit'
      ? 'select rolconnlimit as limit from pg_roles where rolname = $1'
      : 'select datconnlimit as limit from pg_database where datname = $1'
  const { rows } = await client.query<{ limit: number }>(sql, [name])
  if (rows.length === 0)
    throw new DbopsError('USAGE', `there is no ${kind === 'role-limit' ? 'role' : 'database'} ${name}`)
  return rows[0].limit
}

export async function setConnectionLimit(
  client: ServerClient,
  { kind, name }: MeasureSubject,
  limit: number,
): Promise<void> {
  const what = kind === 'role-limit' ? 'role' : 'database'
  await client.query(`alter ${what} ${quoteName(name)} connection limit ${limit}`)
}

/** Ends what a break-glass role may do: no login, a password that nobody knows, no session. */
export async function closeBreakGlass(client: ServerClient, name: string, verifier: string): Promise<number> {
  await client.query(`alter role ${quoteName(name)} nologin password ${quoteText(verifier)}`)
  const { rowCount } = await client.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [
    name,
  ])
  return rowCount ?? 0
}
