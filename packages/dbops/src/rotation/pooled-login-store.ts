import { execFile } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { promisify } from 'node:util'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { DbopsError } from '../errors.ts'
import { plainEnvironment } from '../run.ts'
import { redact, type Secret } from '../secret.ts'
import { atomicWrite } from '../state/atomic-write.ts'
import type { LoginStore, StoredLogin } from './secret-store.ts'

export interface PooledLoginStoreOptions {
  readonly store: LoginStore
  /** Reads verifiers: a superuser. */
  readonly admin: ConnectionParameters
  /** `auth_file` of PgBouncer. */
  readonly userlist: string
  /** Makes the pooler read it again. */
  readonly reload: string
}

const MOST_RELOAD_MS = 60_000

/**
 * A store behind PgBouncer: before applications are given a login, the pooler knows it, by the same SCRAM verifier as the server, with
 * which it can log in there in its turn (1.14 and later). A pooler that does not take it keeps the login from being published.
 */
export class PooledLoginStore implements LoginStore {
  readonly #options: PooledLoginStoreOptions

  constructor(options: PooledLoginStoreOptions) {
    this.#options = options
  }

  get name(): string {
    return `${this.#options.store.name} behind ${this.#options.userlist}`
  }

  read(): Promise<StoredLogin> {
    return this.#options.store.read()
  }

  async write(login: { readonly user: string; readonly password: Secret }): Promise<void> {
    const { store, admin, userlist, reload } = this.#options
    const verifier = await verifierOf(admin, login.user)
    const text = readUserlist(userlist)
    const mode = statSync(userlist).mode & 0o777
    atomicWrite(userlist, withEntry(text, login.user, verifier), mode)
    try {
      await promisify(execFile)('/bin/sh', ['-c', reload], { env: plainEnvironment(), timeout: MOST_RELOAD_MS })
    } catch (cause) {
      atomicWrite(userlist, text, mode)
      const { code, stderr = '' } = cause as { code?: unknown; stderr?: string }
      const words = redact(
        `the pooler did not read ${userlist}: ${reload} ended with ${code}: ${stderr.trim().slice(-200)}`,
      )
      throw new DbopsError('CHILD_FAILED', words, { cause })
    }
    await store.write(login)
  }
}

/** Adds or replaces the line of one user; every other line stays. */
export function withEntry(userlist: string, user: string, verifier: string): string {
  const entry = `${quoted(user)} ${quoted(verifier)}`
  const lines = userlist.split('\n')
  const at = lines.findIndex((line) => line.trimStart().startsWith(`${quoted(user)} `))
  if (at >= 0) return lines.with(at, entry).join('\n')
  return `${userlist}${userlist === '' || userlist.endsWith('\n') ? '' : '\n'}${entry}\n`
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

function readUserlist(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DbopsError('USAGE', `the userlist ${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
    })
  }
}

async function verifierOf(admin: ConnectionParameters, user: string): Promise<string> {
  return await withServer(admin, async (client) => {
    const { rows } = await client.query<{ verifier: string | null }>(
      'select rolpassword as verifier from pg_authid where rolname = $1',
      [user],
    )
    const verifier = rows[0]?.verifier
    if (verifier?.startsWith('SCRAM-SHA-256$')) return verifier
    throw new DbopsError('REFUSED', `${user} has no SCRAM verifier that a pooler could use`)
  })
}
