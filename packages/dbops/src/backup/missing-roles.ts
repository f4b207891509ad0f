import { PassThrough } from 'node:stream'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { quoteName } from '../quote.ts'
import { inTransaction } from '../roles/apply-roles.ts'
import { splitStatements } from './dumped-statements.ts'
import { type BackupKeys, openManifest } from './keys.ts'
import { type BackupManifest, readManifest } from './manifest.ts'
import { checkStored, readPayload } from './payload-read.ts'

/** Roles that a restore needs and the server lacks, as the globals of the backup describe them. */
export interface MissingRoles {
  readonly names: readonly string[]
  readonly statements: readonly string[]
  /** The statements without verifiers, for people. */
  readonly shown: readonly string[]
  readonly notes: readonly string[]
}

/** Roles that own something in the backup, or are granted something, and do not exist. */
export async function missingRoles(server: ConnectionParameters, { database }: BackupManifest): Promise<string[]> {
  return await withServer(server, (client) => lackedOf(client, database?.roles ?? []))
}

async function lackedOf(client: ServerClient, names: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'select name from unnest($1::text[]) name where to_regrole(quote_ident(name)) is null order by 1',
    [names],
  )
  return rows.map(({ name }) => name)
}

export interface RolesPlanOptions extends BackupKeys {
  readonly server: ConnectionParameters
  /** Folder of the one backup. */
  readonly folder: string
  readonly missing: readonly string[]
  readonly hasPasswords: boolean
}

/**
 * How to make them, and the groups they are in: attributes, settings and memberships as in the backup, but nobody becomes a superuser by
 * a restore, and nobody gets a password unless that is asked for.
 * @throws {DbopsError} REFUSED when the globals do not tell, INTEGRITY
 */
export async function planRoles(options: RolesPlanOptions): Promise<MissingRoles> {
  const { server, folder, missing, hasPasswords } = options
  const manifest = readManifest(folder)
  const file = manifest.files.find(({ holds }) => holds === 'globals')
  if (file === undefined)
    throw new DbopsError(
      'REFUSED',
      `${manifest.id} holds no globals, so nothing tells how to make ${missing.join(', ')}`,
    )
  await checkStored(folder, file)
  const through = new PassThrough()
  const parts: Buffer[] = []
  through.on('data', (part: Buffer) => void parts.push(part))
  await readPayload({ folder, manifest, file, dataKey: openManifest(manifest, options) }, through)
  const roles = readRoles(Buffer.concat(parts).toString('utf8'))
  const untold = missing.filter((name) => !roles.has(name))
  if (untold.length > 0)
    throw new DbopsError('REFUSED', `the globals of ${manifest.id} do not tell of ${untold.join(', ')}`)
  const groups = await withServer(server, (client) => lackedOf(client, groupsOf(missing, roles)))
  return planOf([...new Set([...missing, ...groups])], roles, hasPasswords)
}

/** What the globals say of a role. */
interface DumpedRole {
  readonly attributes: string
  readonly verifier: string | null
  /** Everything else of it alone, as it was dumped: settings and comments. */
  readonly more: readonly string[]
  readonly groups: readonly { readonly name: string; readonly isAdmin: boolean }[]
}

const NAME = '("(?:[^"]|"")+"|[\\w$]+)'

function readRoles(globals: string): Map<string, DumpedRole> {
  const roles = new Map<string, DumpedRole>()
  const change = (name: string, changed: Partial<DumpedRole>): void => {
    const before = roles.get(name) ?? { attributes: '', verifier: null, more: [], groups: [] }
    roles.set(name, { ...before, ...changed })
  }
  for (const sql of splitStatements(globals)) {
    const [, created] = new RegExp(`^CREATE ROLE ${NAME}$`).exec(sql) ?? []
    if (created !== undefined) change(plain(created), {})
    const [, altered, attributes] = new RegExp(`^ALTER ROLE ${NAME} WITH (.*)$`, 's').exec(sql) ?? []
    if (altered !== undefined) {
      const [, verifier = null] = / PASSWORD '([^']*)'/.exec(attributes) ?? []
      change(plain(altered), { verifier, attributes: attributes.replace(/ PASSWORD '[^']*'/, '') })
    }
    const [, own] = new RegExp(`^(?:ALTER|COMMENT ON) ROLE ${NAME} (?:SET|IS) `).exec(sql) ?? []
    if (own !== undefined) change(plain(own), { more: [...(roles.get(plain(own))?.more ?? []), sql] })
    const [, group, member, options = ''] =
      new RegExp(`^GRANT ${NAME} TO ${NAME}( WITH .*?)?( GRANTED BY .*)?$`).exec(sql) ?? []
    if (member === undefined) continue
    const isAdmin = /ADMIN (OPTION|TRUE)/.test(options)
    change(plain(member), { groups: [...(roles.get(plain(member))?.groups ?? []), { name: plain(group), isAdmin }] })
  }
  return roles
}

function plain(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}

/** Groups of the roles, and theirs. */
function groupsOf(names: readonly string[], roles: ReadonlyMap<string, DumpedRole>): string[] {
  const found = new Set<string>()
  const todo = [...names]
  for (let name = todo.pop(); name !== undefined; name = todo.pop())
    for (const { name: group } of roles.get(name)?.groups ?? [])
      if (!found.has(group) && roles.has(group)) {
        found.add(group)
        todo.push(group)
      }
  return [...found]
}

function planOf(names: readonly string[], roles: ReadonlyMap<string, DumpedRole>, hasPasswords: boolean): MissingRoles {
  const all = names.map((name) => ({ name, role: roles.get(name) as DumpedRole }))
  const alter = (name: string, attributes: string): string =>
    `ALTER ROLE ${quoteName(name)} WITH ${attributes.replace(/\bSUPERUSER\b/, 'NOSUPERUSER')}`
  const made = names.map((name) => `CREATE ROLE ${quoteName(name)}`)
  const after = all.flatMap(({ name, role }) => [
    ...role.more,
    ...role.groups.map(
      (group) => `GRANT ${quoteName(group.name)} TO ${quoteName(name)}${group.isAdmin ? ' WITH ADMIN OPTION' : ''}`,
    ),
  ])
  const isSuper = ({ role }: { role: DumpedRole }): boolean => /\bSUPERUSER\b/.test(role.attributes)
  const shut = all.filter(({ role }) => /\bLOGIN\b/.test(role.attributes) && !(hasPasswords && role.verifier !== null))
  return {
    names,
    statements: [
      ...made,
      ...all.map(({ name, role: { attributes, verifier } }) =>
        alter(name, hasPasswords && verifier !== null ? `${attributes} PASSWORD '${verifier}'` : attributes),
      ),
      ...after,
    ],
    shown: [...made, ...all.map(({ name, role }) => alter(name, role.attributes)), ...after],
    notes: [
      ...all.filter(isSuper).map(({ name }) => `${name} was a superuser, and is made without that`),
      ...shut.map(({ name }) => `${name} has no password yet`),
    ],
  }
}

/** All or none. @throws {DbopsError} PERMISSION_DENIED */
export async function makeRoles(client: ServerClient, { statements }: MissingRoles): Promise<void> {
  await inTransaction(client, statements)
}

/** After a restore that failed, when nothing is theirs any more. */
export async function unmakeRoles(client: ServerClient, { names }: MissingRoles): Promise<void> {
  await inTransaction(
    client,
    names.map((name) => `drop role if exists ${quoteName(name)}`),
  )
}
