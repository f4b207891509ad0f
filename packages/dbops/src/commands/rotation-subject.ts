import { type Call, textOption } from '../command/command.ts'
import { choiceOption, hookOption, numberOption } from '../command/option-reading.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { DbopsError } from '../errors.ts'
import { adminOf, type SingleRotationOptions } from '../rotation/change-in-place.ts'
import { PooledLoginStore } from '../rotation/pooled-login-store.ts'
import { planRotation, type RotationOptions, rollBackRotation, rotateDual } from '../rotation/rotate-dual.ts'
import { planSingleRotation, rollBackSingle, rotateSingle } from '../rotation/rotate-single.ts'
import type { CommonRotationOptions, RotationResult } from '../rotation/rotation.ts'
import type { LoginStore } from '../rotation/secret-store.ts'
import type { Journal } from '../state/journal.ts'
import { loginStore, storeOptions } from './login-store.ts'

/** Options of every command about a rotation. */
export const rotationOptions = [
  { flags: '--logins <a,b>', description: 'the two logins of one group: no connection fails' },
  { flags: '--login <name>', description: 'a single login, changed in place: new sessions are refused for a moment' },
  ...storeOptions,
  {
    flags: '--userlist <file>',
    description: 'with --logins: auth_file of PgBouncer, which is told a login before it is published',
  },
  {
    flags: '--pooler-reload <command>',
    description: 'with --userlist: makes the pooler read it, such as systemctl reload pgbouncer',
  },
  { flags: '--grace <seconds>', description: 'how long sessions of the old login may go on (default: 300)' },
  {
    flags: '--hook <command>',
    description: 'run in a shell when the new login is published, such as a reload of the application; repeatable',
    isRepeatable: true,
  },
  { flags: '--first <side>', description: 'with --login: provider or database changes first (default: provider)' },
  {
    flags: '--reread <seconds>',
    description: 'with --login: how long the store may take to give back what was written (default: 10)',
  },
  { flags: '--end-old', description: 'with --login: end sessions from before the change after the grace' },
  { flags: '--superuser', description: 'with --login: it may be a superuser' },
  {
    flags: '--second-admin <url>',
    description:
      'with --superuser, when the login in use is rotated: another superuser, proven to get in; env:NAME takes the URL from a variable',
  },
] as const

/** A rotation, whatever its strategy. */
export interface RotationSubject {
  /** Of the journal. */
  readonly kind: 'rotate' | 'rotate-key'
  /** Names it in the journal and in the locks. */
  readonly target: string
  /** The server with a login that works now, which may be the one that is rotated; null where no server takes part. */
  server(journal?: Journal): Promise<ConnectionParameters | null>
  /** What would be done, for people, and what the journal keeps. @throws {DbopsError} REFUSED */
  plan(): Promise<{ readonly text: string; readonly payload: object }>
  run(journal: Journal): Promise<RotationResult>
  rollBack(journal: Journal): Promise<RotationResult>
  /** Whether a rotation that failed has left everything as it was. */
  isUndone(journal: Journal, error: unknown): boolean
}

/** A rotation of logins. */
export interface LoginRotation extends RotationSubject {
  readonly admin: ConnectionParameters
  server(journal?: Journal): Promise<ConnectionParameters>
}

/** What the options call for. @throws {DbopsError} USAGE */
export function rotationSubject(call: Call): LoginRotation {
  const pair = textOption(call, 'logins')
  const login = textOption(call, 'login')
  if ((pair === null) === (login === null)) throw new DbopsError('USAGE', 'give either --logins a,b or --login name')
  const common: CommonRotationOptions = {
    admin: call.target(),
    store: behindPooler(call, loginStore(call)),
    graceMs: numberOption(call, 'grace', 300) * 1000,
    hooks: hookOption(call, 'hook', 'afterRotation'),
    onProgress: call.progress,
  }
  if (login === null) return dualSubject({ ...common, logins: twoNames(pair ?? '') })
  return singleSubject({
    ...common,
    login,
    first: choiceOption(call, 'first', ['provider', 'database'], 'provider'),
    rereadMs: numberOption(call, 'reread', 10) * 1000,
    isOldEnded: call.options.endOld === true,
    isSuperuserAllowed: call.options.superuser === true,
    ...secondAdminOf(call),
  })
}

function secondAdminOf(call: Call): { secondAdmin?: ConnectionParameters } {
  const url = textOption(call, 'secondAdmin')
  return url === null ? {} : { secondAdmin: call.otherTarget(url) }
}

/** @throws {DbopsError} USAGE for one option without the other, or a single login, whose verifier changes after it is published */
function behindPooler(call: Call, store: LoginStore): LoginStore {
  const userlist = textOption(call, 'userlist')
  const reload = textOption(call, 'poolerReload')
  if (userlist === null && reload === null) return store
  if (userlist === null || reload === null || textOption(call, 'logins') === null)
    throw new DbopsError('USAGE', '--userlist needs --pooler-reload and --logins')
  return new PooledLoginStore({ store, admin: call.target(), userlist, reload })
}

function twoNames(text: string): [string, string] {
  const [first, second, ...more] = text.split(',')
  if (more.length === 0 && first && second && first !== second) return [first, second]
  throw new DbopsError('USAGE', '--logins names two different roles, parted by a comma')
}

function dualSubject(options: RotationOptions): LoginRotation {
  return {
    kind: 'rotate',
    target: options.logins.join(),
    admin: options.admin,
    server: async () => options.admin,
    async plan() {
      const payload = await planRotation(options)
      const { from, to } = payload
      return {
        payload,
        text: `give ${to} a new password, publish it in ${options.store.name}, wait for sessions of ${from}, close ${from}`,
      }
    },
    run: (journal) => rotateDual(options, journal),
    rollBack: (journal) => rollBackRotation(options, journal),
    isUndone: (journal, error) =>
      !journal.isDone('publish') ||
      (error instanceof DbopsError && error.code === 'INTEGRITY' && !journal.isDone('confirm')),
  }
}

function singleSubject(options: SingleRotationOptions): LoginRotation {
  const { login, store, first = 'provider' } = options
  const [before, after] = first === 'provider' ? [store.name, 'the server'] : ['the server', store.name]
  const warning = [
    `warning: PostgreSQL keeps one password of ${login}: between the change in ${before} and the one in ${after}, and for as long as`,
    'a client remembers the old one, new sessions are refused (28P01). Open sessions go on. Clients have to read the login again when',
    'they are refused, and try for some seconds; with two logins (--logins) nobody is refused.',
  ]
  return {
    kind: 'rotate',
    target: login,
    admin: options.admin,
    server: (journal) => adminOf(options, journal),
    async plan() {
      const payload = await planSingleRotation(options)
      const ending = options.isOldEnded === true ? ', then end the sessions from before' : ''
      return {
        payload,
        text: `give ${login} a new password, in ${before} first, then in ${after}${ending}\n${warning.join('\n')}`,
      }
    },
    run: (journal) => rotateSingle(options, journal),
    rollBack: (journal) => rollBackSingle(options, journal),
    isUndone: (journal) => journal.isDone('undo') || journal.entry.steps.length === 0,
  }
}
