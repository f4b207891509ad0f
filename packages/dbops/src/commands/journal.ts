import { dropScratch, listScratch } from '../backup/scratch-database.ts'
import type { Call, CommandDefinition } from '../command/command.ts'
import { journalFolder } from '../command/state-folder.ts'
import { isMeasure } from '../emergency/temporary-measure.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINE } from '../exit-codes.ts'
import { isRotation } from '../rotation/rotation.ts'
import { Journal, type JournalEntry, listJournal } from '../state/journal.ts'
import { rotateResume } from './rotate.ts'

const idArgument = [{ name: 'id', description: 'of the change, as the journal lists it' }] as const

export const journalList: CommandDefinition = {
  name: 'journal',
  summary: 'Changes of several steps, with how far they came; an open one was interrupted.',
  options: [],
  changes: 'nothing',
  example: 'dbops journal',
  run(call) {
    const all = listJournal(journalFolder(call))
    const measures = all.filter(isMeasure)
    const open = all.filter(({ status }) => status === 'open').length - measures.length
    return {
      summary: `${all.length} change(s), ${open} interrupted${measures.length === 0 ? '' : `, ${measures.length} for a while`}`,
      exitCode: EXIT_FINE,
      text: all
        .map(
          ({ id, target, startedAt, status, steps }) =>
            `${id}  ${target}  ${startedAt}  ${status}  ${steps.at(-1)?.name ?? ''}`,
        )
        .join('\n'),
      data: all,
    }
  },
}

export const resume: CommandDefinition = {
  name: 'resume',
  summary: 'Goes on with an interrupted change where it stopped.',
  arguments: idArgument,
  options: rotateResume.options,
  changes: 'server',
  example:
    'dbops resume rotate-1a2b3c4d --url postgresql://postgres@db.example/app --logins app_a,app_b --store /etc/app/login.json --apply',
  async run(call) {
    const { kind, id } = openEntry(call)
    if (isRotation({ kind })) return await rotateResume.run(call)
    throw new DbopsError('REFUSED', `${id} is a ${kind}, which starts anew`, {
      hint: `dbops abort ${id} cleans up; then run it again`,
    })
  },
}

export const abort: CommandDefinition = {
  name: 'abort',
  summary:
    'Cleans up what an interrupted change left: a half-made database is dropped. A rotation is resumed or rolled back instead.',
  arguments: idArgument,
  options: [],
  changes: 'server',
  example: 'dbops abort restore-1a2b3c4d --url postgresql://postgres@localhost/postgres --apply',
  async run(call) {
    const entry = openEntry(call)
    if (isRotation(entry))
      throw new DbopsError('REFUSED', `${entry.id} is a rotation: nobody would know which login or key is in use`, {
        hint: `dbops resume ${entry.id}, then dbops rotate rollback ${entry.id}`,
      })
    const server = call.target()
    const left = await listScratch(server)
    if (!call.isApplied)
      return {
        summary: `would drop ${left.length} half-made database(s); --apply does it`,
        exitCode: EXIT_FINE,
        text: left.join('\n'),
      }
    const journal = Journal.open(journalFolder(call), entry.id, call.now)
    for (const name of left) await dropScratch(server, name)
    journal.finish('aborted')
    return {
      summary: `${entry.id} is cleaned up`,
      exitCode: EXIT_FINE,
      text: '',
      audit: { journal: entry.id, dropped: left },
    }
  },
}

/** @throws {DbopsError} USAGE for one that is unknown, or was not interrupted */
function openEntry(call: Call): JournalEntry {
  const { entry } = Journal.open(journalFolder(call), call.args[0], call.now)
  if (isMeasure(entry))
    throw new DbopsError('REFUSED', `${entry.id} was not interrupted: it holds for a while`, {
      hint: `dbops emergency expire ${entry.id}`,
    })
  if (entry.status !== 'open') throw new DbopsError('USAGE', `${entry.id} was not interrupted: it is ${entry.status}`)
  return entry
}
