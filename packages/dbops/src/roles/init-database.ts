import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { withServerLock } from '../connection/server-lock.ts'
import { DbopsError } from '../errors.ts'
import { quoteName } from '../quote.ts'
import { type AdminRights, readAdminRights } from './admin-rights.ts'
import { planRoles, type RolePlan } from './role-plan.ts'
import { type RoleSpec, roleOfKind } from './role-spec.ts'
import { type RoleState, readRoleState } from './role-state.ts'

/** What is missing for the roles to have a database; empty when it is there. */
export interface DatabasePlan {
  readonly isThere: boolean
  readonly statements: readonly string[]
}

/**
 * Says what makes the database. It belongs to the administrator, not to the owner of its schemas: who owns a database may drop it, and make
 * temporary tables in it. @throws {DbopsError} PERMISSION_DENIED with everything that is missing
 */
export async function planDatabase(admin: ConnectionParameters, spec: RoleSpec): Promise<DatabasePlan> {
  return await withServer(admin, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [spec.database])
    const isThere = rowCount === 1
    requireMaking(await readAdminRights(client), { isThere, spec })
    // template0: nothing that somebody left in template1 comes along
    const sql = `create database ${quoteName(spec.database)} template template0 encoding 'UTF8'`
    return { isThere, statements: isThere ? [] : [sql] }
  })
}

function requireMaking(rights: AdminRights, { isThere, spec }: { isThere: boolean; spec: RoleSpec }): void {
  const missing = [
    ...(rights.createsRoles ? [] : ['CREATEROLE']),
    ...(isThere || rights.createsDatabases ? [] : ['CREATEDB']),
    ...(isThere && !rights.isSuperuser && !rights.ownDatabases.includes(spec.database)
      ? [`the rights of the owner of ${spec.database}`]
      : []),
  ]
  if (missing.length > 0)
    throw new DbopsError('PERMISSION_DENIED', `${rights.name} lacks ${missing.join(', ')}`, {
      hint: 'run it as a superuser, or as the administrator that the service gives you',
    })
}

/** Does it, while nobody else does. */
export async function makeDatabase(admin: ConnectionParameters, spec: RoleSpec, plan: DatabasePlan): Promise<void> {
  await withServerLock(admin, `init ${spec.database}`, () =>
    withServer(admin, async (client) => {
      for (const sql of plan.statements) await client.query(sql)
    }),
  )
}

/** A database that nobody may enter without being let in, to prove it by; null when the file names none that could be closed. */
export async function someClosedDatabase(
  admin: ConnectionParameters,
  { closedDatabases }: RoleSpec,
): Promise<string | null> {
  return await withServer(admin, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select datname::text as name from pg_database where datname = any($1) and not exists (
        select from aclexplode(coalesce(datacl, acldefault('d', datdba))) a where a.grantee = 0 and a.privilege_type = 'CONNECT') order by 1`,
      [closedDatabases],
    )
    return rows[0]?.name ?? null
  })
}

/** The plan of the roles for a database that is still to be made: as if it were there, new and empty. */
export async function planNewDatabase(admin: ConnectionParameters, spec: RoleSpec): Promise<RolePlan> {
  return await withServer(admin, async (client) => {
    return planRoles(spec, await futureState(client, spec), new Map(), await readAdminRights(client))
  })
}

async function futureState(client: ServerClient, spec: RoleSpec): Promise<RoleState> {
  const state = await readRoleState(client, [])
  const isOpen = { grantee: 'public', privilege: 'connect' }
  return {
    ...state,
    databases: [...state.databases, { name: spec.database, grants: [isOpen] }],
    schemas: ['public'],
    extensions: [],
    objects: spec.schemas.includes('public')
      ? [
          {
            kind: 'schema',
            name: 'public',
            owner: 'pg_database_owner',
            grants: [{ grantee: 'public', privilege: 'usage' }],
          },
        ]
      : [],
    defaults: [],
    publicFunctionOwners: [roleOfKind(spec, 'owner').name],
    fileViews: state.fileViews.map(({ name }) => ({ name, readers: [] })),
  }
}
