import type { Call, CommandDefinition } from '../command/command.ts'
import { numberOption } from '../command/option-reading.ts'
import type { Outcome } from '../command/outcome.ts'
import { journalFolder } from '../command/state-folder.ts'
import { withServer } from '../connection/connect.ts'
import { EXIT_FINDINGS, EXIT_FINE } from '../exit-codes.ts'
import { isRotation } from '../rotation/rotation.ts'
import { sessionsOf } from '../rotation/rotation-facts.ts'
import { Journal, listJournal } from '../state/journal.ts'
import { keySubjectOf } from './rotate-app-key.ts'
import { finished, locked, openJournal, outcomeOf, requireNoneOpen, rotationsOf } from './rotation-run.ts'
import { type RotationSubject, rotationOptions, rotationSubject } from './rotation-subject.ts'

export const rotateRun: CommandDefinition = {
  name: 'rotate run',
  summary:
    'Moves the applications to the other of two logins without a failed connection, or changes a single one in place; a crash is resumed.',
  options: [
    ...rotationOptions,
    { flags: '--max-age-days <days>', description: 'do nothing unless the last rotation is so old; for a daily job' },
  ],
  changes: 'server',
  example:
    'dbops rotate run --url postgresql://postgres@db.example/app --logins app_a,app_b --store /etc/app/login.json --apply',
  async run(call) {
    const subject = rotationSubject(call)
    const youngest = numberOption(call, 'maxAgeDays', 0) * 86_400_000
    const last = rotationsOf(call, subject, 'done').at(-1)
    if (last !== undefined && call.now().getTime() - Date.parse(last.startedAt) < youngest)
      return { summary: `rotated on ${last.startedAt}: nothing to do yet`, exitCode: EXIT_FINE, text: '' }
    const { text, payload } = await subject.plan()
    if (!call.isApplied)
      return { summary: 'plan only; --apply does it', exitCode: EXIT_FINE, text, data: { plan: text, ...payload } }
    call.confirm(subject.admin.database, 'rotating a login')
    return await locked(call, subject, async () => {
      requireNoneOpen(call, subject)
      for (const line of text.split('\n').slice(1)) call.progress(line)
      const journal = Journal.begin(journalFolder(call), { kind: 'rotate', target: subject.target, payload }, call.now)
      return await finished(subject, journal)
    })
  },
}

export const rotatePlan: CommandDefinition = {
  name: 'rotate plan',
  summary:
    'Checks everything a rotation needs (store, twins, rights, an interrupted one, the last one) and says what it would do.',
  options: rotationOptions,
  changes: 'nothing',
  example:
    'dbops rotate plan --url postgresql://postgres@db.example/app --logins app_a,app_b --store /etc/app/login.json',
  async run(call) {
    const subject = rotationSubject(call)
    const { text, payload } = await subject.plan()
    requireNoneOpen(call, subject)
    const last = rotationsOf(call, subject, 'done').at(-1)
    const sessions = await withServer(await subject.server(), (client) =>
      sessionsOf(client, loginInUse(subject, payload)),
    )
    const who = sessions.map(({ application, sessions: count }) => `${application || 'unnamed'} (${count})`).join(', ')
    return {
      summary: 'it can be rotated; dbops rotate run --apply does it',
      exitCode: EXIT_FINE,
      text: [
        text,
        `last rotated: ${last?.startedAt ?? 'never from here'}`,
        `sessions to wait for: ${who || 'none'}`,
      ].join('\n'),
      data: { plan: text, ...payload, lastRotatedAt: last?.startedAt ?? null, sessions },
    }
  },
}

/** Of the rotation that the argument names; logins need their options. */
function subjectOf(call: Call): RotationSubject {
  const entry = listJournal(journalFolder(call)).find(({ id }) => id === call.args[0])
  return entry?.kind === 'rotate-key' ? keySubjectOf(call, entry) : rotationSubject(call)
}

function loginInUse({ target }: RotationSubject, payload: object): string {
  const { from } = payload as { from?: string }
  return from ?? target
}

export const rotateResume: CommandDefinition = {
  name: 'rotate resume',
  summary: 'Ends a rotation that was interrupted, deciding by what the store gives out and who can log in.',
  arguments: [{ name: 'id', description: 'of the rotation (default: the open one)', isOptional: true }],
  options: rotationOptions,
  changes: 'server',
  example:
    'dbops rotate resume --url postgresql://postgres@db.example/app --logins app_a,app_b --store /etc/app/login.json --apply',
  async run(call) {
    const subject = subjectOf(call)
    const id = call.args[0] ?? rotationsOf(call, subject, 'open')[0]?.id
    if (id === undefined) return { summary: 'no rotation was interrupted', exitCode: EXIT_FINE, text: '' }
    const journal = openJournal(call, subject, id)
    if (!call.isApplied) return { summary: `would resume ${id}; --apply does it`, exitCode: EXIT_FINE, text: '' }
    return await locked(call, subject, () => finished(subject, journal))
  },
}

export const rotateRollback: CommandDefinition = {
  name: 'rotate rollback',
  summary:
    'Goes back to the login before with a new password and closes the newer one; of a single login, to the former password the store keeps; of a key, to the one before.',
  arguments: [{ name: 'id', description: 'of the rotation' }],
  options: rotationOptions,
  changes: 'server',
  example:
    'dbops rotate rollback rotate-1a2b3c4d --url postgresql://postgres@db.example/app --logins app_a,app_b --store /etc/app/login.json --apply',
  async run(call) {
    const subject = subjectOf(call)
    const journal = openJournal(call, subject, call.args[0])
    if (!call.isApplied)
      return { summary: `would take ${call.args[0]} back; --apply does it`, exitCode: EXIT_FINE, text: '' }
    const rollBack = async (): Promise<Outcome> => {
      const result = await subject.rollBack(journal)
      journal.finish('aborted')
      return outcomeOf(result, journal.entry.id)
    }
    return await locked(call, subject, rollBack, journal)
  },
}

export const rotateStatus: CommandDefinition = {
  name: 'rotate status',
  summary: 'Tells when logins and keys of applications were rotated last; overdue after 90 days.',
  options: [{ flags: '--max-age-days <days>', description: 'older is overdue (default: 90)' }],
  changes: 'nothing',
  example: 'dbops rotate status',
  run(call) {
    const maxAgeMs = numberOption(call, 'maxAgeDays', 90) * 86_400_000
    const done = listJournal(journalFolder(call)).filter((entry) => isRotation(entry) && entry.status === 'done')
    const newest = [...Map.groupBy(done, ({ target }) => target)].map(([target, all]) => ({
      target,
      at: all[all.length - 1].startedAt,
    }))
    const overdue = newest.filter(({ at }) => call.now().getTime() - Date.parse(at) > maxAgeMs)
    return {
      summary:
        newest.length === 0
          ? 'nothing was ever rotated here'
          : `${newest.length} login(s), pair(s) of logins or key(s), ${overdue.length} overdue`,
      exitCode: overdue.length === 0 && newest.length > 0 ? EXIT_FINE : EXIT_FINDINGS,
      text: newest.map(({ target, at }) => `${target}  rotated ${at}`).join('\n'),
      data: newest,
    }
  },
}
