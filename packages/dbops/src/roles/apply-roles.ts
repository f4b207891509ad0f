import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { withServerLock } from '../connection/server-lock.ts'
import { generatePassword } from '../credentials/generate-password.ts'
import { passwordProblems, productionPolicy, standardPolicy } from '../credentials/password-policy.ts'
import { readSecretFile } from '../credentials/secret-file.ts'
import type { Environment } from '../environment.ts'
import { DbopsError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { privateFolder } from '../state/atomic-write.ts'
import { writeNewFile } from '../state/new-file.ts'
import { readAdminRights, requireRights } from './admin-rights.ts'
import { type NewPasswords, planRoles, type RolePlan } from './role-plan.ts'
import { logsIn, type RoleSpec } from './role-spec.ts'
import { readRoleState } from './role-state.ts'
import { type RoleUndo, undoRoles } from './undo-roles.ts'

export interface ApplyRolesOptions {
  readonly admin: ConnectionParameters
  readonly spec: RoleSpec
  /** Folder with one file per login that holds its password; new logins get one there. */
  readonly passwordFolder: string | null
  readonly environment: Environment
  readonly isApplied: boolean
  /** Takes the grants of roles that are not managed, too. */
  readonly isPruned?: boolean
}

/** Plans, and does it in one transaction when it is to be applied; then says what would take it back. @throws {DbopsError} */
export async function applyRoles(options: ApplyRolesOptions): Promise<RolePlan & { readonly undo: RoleUndo | null }> {
  const { admin, spec, isApplied } = options
  return await withServer({ ...admin, database: spec.database }, async (client) => {
    await requireDatabase(client, spec)
    const state = await readRoleState(client, spec.schemas)
    const existing = new Set(state.roles.map(({ name }) => name))
    const fresh = spec.roles.filter(({ name, kind }) => logsIn(kind) && !existing.has(name)).map(({ name }) => name)
    const rights = await readAdminRights(client)
    requireRights({ rights, spec, state })
    const plan = planRoles(spec, state, newPasswords(fresh, options), rights, options.isPruned)
    if (!isApplied) return { ...plan, undo: null }
    await withServerLock(admin, `roles ${spec.database}`, () =>
      inTransaction(
        client,
        plan.statements.map(({ sql }) => sql),
      ),
    )
    return { ...plan, undo: undoRoles(await readRoleState(client, spec.schemas), state) }
  })
}

/** Grants reach only the database they are made in. */
async function requireDatabase(client: ServerClient, { database }: RoleSpec): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select current_database()::text as name')
  if (rows[0].name !== database)
    throw new DbopsError('REFUSED', `this session is in ${rows[0].name}, the grants belong to ${database}`)
}

/** All of them or none. */
export async function inTransaction(client: ServerClient, statements: readonly string[]): Promise<void> {
  await client.query('begin')
  try {
    for (const sql of statements) await client.query(sql)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

/** A plan shows a fingerprint only when it is applied: before that there is no password yet. */
function newPasswords(
  names: readonly string[],
  { passwordFolder, environment, isApplied }: ApplyRolesOptions,
): NewPasswords {
  const passwords = new Map<string, Secret>()
  if (passwordFolder === null) return passwords
  for (const name of names) {
    const path = join(passwordFolder, name)
    if (existsSync(path))
      passwords.set(name, acceptable(readSecretFile({ path, environment }), path, environment, name))
    else if (isApplied) {
      const password = generatePassword()
      privateFolder(passwordFolder)
      writeNewFile(path, `${password.reveal()}\n`)
      passwords.set(name, password)
    }
  }
  return passwords
}

/** No verifier of a password that can be guessed is ever sent. @throws {DbopsError} SECRET_INVALID */
function acceptable(password: Secret, path: string, environment: Environment, role: string): Secret {
  const policy = environment === 'production' ? productionPolicy : standardPolicy
  const problems = passwordProblems(password, policy, [role])
  if (problems.length === 0) return password
  throw new DbopsError('SECRET_INVALID', `the password in ${path} ${problems.join(', and it ')}`, {
    hint: `dbops cred generate --to-file ${path}`,
  })
}
