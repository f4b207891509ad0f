import { join } from 'node:path'
import type { Call } from '../command/command.ts'
import type { Outcome } from '../command/outcome.ts'
import { journalFolder } from '../command/state-folder.ts'
import { withServerLock } from '../connection/server-lock.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE, EXIT_PARTIAL } from '../exit-codes.ts'
import type { RotationResult } from '../rotation/rotation.ts'
import { withFileLock } from '../state/file-lock.ts'
import { Journal, type JournalEntry, listJournal } from '../state/journal.ts'
import type { RotationSubject } from './rotation-subject.ts'

/** Changes of this subject in the journal, oldest first. */
export function rotationsOf(
  call: Call,
  { kind, target }: RotationSubject,
  status: JournalEntry['status'],
): JournalEntry[] {
  return listJournal(journalFolder(call)).filter(
    (entry) => entry.kind === kind && entry.status === status && entry.target === target,
  )
}

/** @throws {DbopsError} USAGE when it is a rotation of something else */
export function openJournal(call: Call, { kind, target }: RotationSubject, id: string): Journal {
  const journal = Journal.open(journalFolder(call), id, call.now)
  const { kind: deed, target: rotated } = journal.entry
  if (deed === kind && rotated === target) return journal
  throw new DbopsError('USAGE', `${id} is a ${deed} of ${rotated}, not a rotation of ${target}`)
}

/** @throws {DbopsError} REFUSED when one was interrupted */
export function requireNoneOpen(call: Call, subject: RotationSubject): void {
  const [open] = rotationsOf(call, subject, 'open')
  if (open !== undefined)
    throw new DbopsError('REFUSED', `rotation ${open.id} was interrupted`, {
      hint: `dbops rotate resume ${open.id} ends it`,
    })
}

/** Alone on this machine, and on the server where there is one. */
export async function locked(
  call: Call,
  subject: RotationSubject,
  work: () => Promise<Outcome>,
  journal?: Journal,
): Promise<Outcome> {
  const { target } = subject
  const path = join(call.stateFolder, 'locks', `rotate-${target.replaceAll(',', '-').replace(/[/\s]/g, '_')}`)
  const onTakeOver = (owner: string): void => call.progress(`took over the lock of ${owner}`)
  const lock = { path, purpose: `rotation of ${target}`, isForced: call.isLockForced, onTakeOver }
  return await withFileLock(lock, async () => {
    const server = await subject.server(journal)
    return server === null ? await work() : await withServerLock(server, `rotate ${target}`, work)
  })
}

/** A failure that was undone leaves nothing to resume; one that was not stays open. */
export async function finished(subject: RotationSubject, journal: Journal): Promise<Outcome> {
  try {
    const result = await subject.run(journal)
    journal.finish()
    return outcomeOf(result, journal.entry.id)
  } catch (error) {
    if (subject.isUndone(journal, error)) journal.finish('aborted')
    throw error
  }
}

/** What to say of one that ended. */
export function outcomeOf({ from, to, version, terminated, failedHooks }: RotationResult, id: string): Outcome {
  const ended = terminated.map(
    ({ application, sessions }) =>
      `ended ${sessions} session(s) of ${application || 'an unnamed application'} that stayed on ${from}`,
  )
  const what = from === to ? `rotated ${to} in place` : `rotated from ${from} to ${to}`
  return {
    summary: `${what} (version ${version}, ${id})${failedHooks.length === 0 ? '' : `; ${failedHooks.length} hook(s) failed`}`,
    exitCode: failedHooks.length === 0 ? EXIT_FINE : EXIT_PARTIAL,
    text: [...ended, ...failedHooks].join('\n'),
    data: { id, from, to, version, terminated, failedHooks },
    audit: { from, to, version },
  }
}
