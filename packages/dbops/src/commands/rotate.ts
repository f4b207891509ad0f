import { join } from 'node:path'
import type { Call, CommandDefinition } from '../command/command.ts'
import { numberOption, requiredOption } from '../command/option-reading.ts'
import type { Outcome } from '../command/outcome.ts'
import { journalFolder } from '../command/state-folder.ts'
import { withServerLock } from '../connection/server-lock.ts'
import { DbopsError } from '../errors.ts'
import { EXIT_FINDINGS, EXIT_FINE } from '../exit-codes.ts'
import {
  planRotation,
  type RotationOptions,
  type RotationResult,
  rollBackRotation,
  rotateDual,
} from '../rotation/rotate-dual.ts'
import { withFileLock } from '../state/file-lock.ts'
import { Journal, listJournal } from '../state/journal.ts'
import { loginStore, storeOptions } from './login-store.ts'

const options = [
  { flags: '--logins <a,b>', description: 'the two logins of one group' },
  ...storeOptions,
  { flags: '--grace <seconds>', description: 'how long sessions of the old login may go on (default: 300)' },
] as const

export const rotateRun: CommandDefinition = {
  name: 'rotate run',
  summary: 'Moves the applications to the other of two logins without a failed connection; a crash is resumed.',
  options: [
    ...options,
    { flags: '--max-age-days <days>', description: 'do nothing unless the last rotation is so old; for a daily job' },
  ],
  changes: 'server',
  example:
    'dbops rotate run --url postgresql://postgres@db.example/app --logins app_a,app_b --store /etc/app/login.json --apply',
  async run(call) {
    const rotation = rotationOptions(call)
    const youngest = numberOption(call, 'maxAgeDays', 0) * 86_400_000
    const last = listJournal(journalFolder(call)).findLast(
      ({ kind, status, target }) => kind === 'rotate' && status === 'done' && target === rotation.logins.join(),
    )
    if (last !== undefined && call.now().getTime() - Date.parse(last.startedAt) < youngest)
      return { summary: `rotated on ${last.startedAt}: nothing to do yet`, exitCode: EXIT_FINE, text: '' }
    const payload = await planRotation(rotation)
    const plan = `give ${payload.to} a new password, publish it in ${rotation.store.name}, wait for sessions of ${payload.from}, close ${payload.from}`
    if (!call.isApplied)
      return { summary: 'plan only; --apply does it', exitCode: EXIT_FINE, text: plan, data: { plan, ...payload } }
    call.confirm(rotation.admin.database, 'rotating a login')
    return await locked(call, rotation, async () => {
      requireNoneOpen(call, rotation)
      const journal = Journal.begin(
        journalFolder(call),
        { kind: 'rotate', target: rotation.logins.join(), payload },
        call.now,
      )
      return await finished(journal, () => rotateDual(rotation, journal))
    })
  },
}

export const rotateResume: CommandDefinition = {
  name: 'rotate resume',
  summary: 'Ends a rotation that was interrupted, deciding by what the store gives out and who can log in.',
  arguments: [{ name: 'id', description: 'of the rotation (default: the open one)', isOptional: true }],
  options,
  changes: 'server',
  example:
    'dbops rotate resume --url postgresql://postgres@db.example/app --logins app_a,app_b --store /etc/app/login.json --apply',
  async run(call) {
    const rotation = rotationOptions(call)
    const open = openRotations(call, rotation)
    const id = call.args[0] ?? open[0]?.id
    if (id === undefined) return { summary: 'no rotation was interrupted', exitCode: EXIT_FINE, text: '' }
    if (!call.isApplied) return { summary: `would resume ${id}; --apply does it`, exitCode: EXIT_FINE, text: '' }
    return await locked(call, rotation, async () => {
      const journal = Journal.open(journalFolder(call), id, call.now)
      return await finished(journal, () => rotateDual(rotation, journal))
    })
  },
}

export const rotateRollback: CommandDefinition = {
  name: 'rotate rollback',
  summary: 'Goes back to the login before, with a new password, and closes the newer one.',
  arguments: [{ name: 'id', description: 'of the rotation' }],
  options,
  changes: 'server',
  example:
    'dbops rotate rollback rotate-1a2b3c4d --url postgresql://postgres@db.example/app --logins app_a,app_b --store /etc/app/login.json --apply',
  async run(call) {
    const rotation = rotationOptions(call)
    const journal = Journal.open(journalFolder(call), call.args[0], call.now)
    if (!call.isApplied)
      return { summary: `would take ${call.args[0]} back; --apply does it`, exitCode: EXIT_FINE, text: '' }
    return await locked(call, rotation, async () => {
      const result = await rollBackRotation(rotation, journal)
      journal.finish('aborted')
      return outcomeOf(result, journal.entry.id)
    })
  },
}

export const rotateStatus: CommandDefinition = {
  name: 'rotate status',
  summary: 'Tells when logins were rotated last; overdue after 90 days.',
  options: [{ flags: '--max-age-days <days>', description: 'older is overdue (default: 90)' }],
  changes: 'nothing',
  example: 'dbops rotate status',
  run(call) {
    const maxAgeMs = numberOption(call, 'maxAgeDays', 90) * 86_400_000
    const done = listJournal(journalFolder(call)).filter(({ kind, status }) => kind === 'rotate' && status === 'done')
    const newest = [...Map.groupBy(done, ({ target }) => target)].map(([target, all]) => ({
      target,
      at: all[all.length - 1].startedAt,
    }))
    const overdue = newest.filter(({ at }) => call.now().getTime() - Date.parse(at) > maxAgeMs)
    return {
      summary:
        newest.length === 0
          ? 'no login was ever rotated here'
          : `${newest.length} pair(s) of logins, ${overdue.length} overdue`,
      exitCode: overdue.length === 0 && newest.length > 0 ? EXIT_FINE : EXIT_FINDINGS,
      text: newest.map(({ target, at }) => `${target}  rotated ${at}`).join('\n'),
      data: newest,
    }
  },
}

function rotationOptions(call: Call): RotationOptions {
  const names = requiredOption(call, 'logins', '--logins').split(',')
  const [first, second] = names
  if (names.length !== 2 || first === '' || second === '' || first === second)
    throw new DbopsError('USAGE', '--logins names two different roles, parted by a comma')
  return {
    admin: call.target(),
    logins: [first, second],
    store: loginStore(call),
    graceMs: numberOption(call, 'grace', 300) * 1000,
    onProgress: call.progress,
  }
}

function openRotations(call: Call, { logins }: RotationOptions) {
  return listJournal(journalFolder(call)).filter(
    ({ kind, status, target }) => kind === 'rotate' && status === 'open' && target === logins.join(),
  )
}

function requireNoneOpen(call: Call, rotation: RotationOptions): void {
  const [open] = openRotations(call, rotation)
  if (open !== undefined)
    throw new DbopsError('REFUSED', `rotation ${open.id} was interrupted`, {
      hint: `dbops rotate resume ${open.id} ends it`,
    })
}

async function locked(call: Call, { logins, admin }: RotationOptions, work: () => Promise<Outcome>): Promise<Outcome> {
  const path = join(call.stateFolder, 'locks', `rotate-${logins.join('-').replaceAll('/', '_')}`)
  const onTakeOver = (owner: string): void => call.progress(`took over the lock of ${owner}`)
  const lock = { path, purpose: `rotation of ${logins.join(' and ')}`, isForced: call.isLockForced, onTakeOver }
  return await withFileLock(lock, () => withServerLock(admin, `rotate ${logins.join()}`, work))
}

/** A failure that was rolled back leaves nothing to resume; one that was not stays open. */
async function finished(journal: Journal, rotate: () => Promise<RotationResult>): Promise<Outcome> {
  try {
    const result = await rotate()
    journal.finish()
    return outcomeOf(result, journal.entry.id)
  } catch (error) {
    const isRolledBack =
      !journal.isDone('publish') ||
      (error instanceof DbopsError && error.code === 'INTEGRITY' && !journal.isDone('confirm'))
    if (isRolledBack) journal.finish('aborted')
    throw error
  }
}

function outcomeOf({ from, to, version, terminated }: RotationResult, id: string): Outcome {
  const ended = terminated.map(
    ({ application, sessions }) =>
      `ended ${sessions} session(s) of ${application || 'an unnamed application'} that stayed on ${from}`,
  )
  return {
    summary: `rotated from ${from} to ${to} (version ${version}, ${id})`,
    exitCode: EXIT_FINE,
    text: ended.join('\n'),
    data: { id, from, to, version, terminated },
    audit: { from, to, version },
  }
}
