import { detectManagedService, type ManagedService } from '../connection/managed-service.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { type RoleSpec, roleOfKind } from './role-spec.ts'
import type { RoleState } from './role-state.ts'

/** What the role that makes other roles may do itself; a superuser everything. */
export interface AdminRights {
  readonly name: string
  readonly isSuperuser: boolean
  readonly createsRoles: boolean
  readonly createsDatabases: boolean
  /** Roles whose rights it has. */
  readonly memberOf: readonly string[]
  /** Predefined roles it may grant. */
  readonly grantable: readonly string[]
  /** Databases whose grants it may change. */
  readonly ownDatabases: readonly string[]
  readonly service: ManagedService | null
}

/** Asks the server what this session may do. */
export async function readAdminRights(client: ServerClient): Promise<AdminRights> {
  const { rows } = await client.query<Omit<AdminRights, 'service'>>(`
    select r.rolname as name, r.rolsuper as "isSuperuser", r.rolcreaterole or r.rolsuper as "createsRoles",
      r.rolcreatedb or r.rolsuper as "createsDatabases",
      (select coalesce(array_agg(m.rolname::text), '{}') from pg_roles m where pg_has_role(r.oid, m.oid, 'usage')) as "memberOf",
      (select coalesce(array_agg(m.rolname::text), '{}') from pg_roles m where m.rolname like 'pg\\_%' and (r.rolsuper
        or (r.rolcreaterole and current_setting('server_version_num')::int < 160000)
        or pg_has_role(r.oid, m.oid, 'member with admin option'))) as grantable,
      (select coalesce(array_agg(d.datname::text), '{}') from pg_database d where pg_has_role(r.oid, d.datdba, 'usage')) as "ownDatabases"
    from pg_roles r where r.rolname = current_user`)
  return { ...rows[0], service: await detectManagedService(client) }
}

/** @throws {DbopsError} PERMISSION_DENIED with everything that is missing */
export function requireRights({
  rights,
  spec,
  state,
}: {
  rights: AdminRights
  spec: RoleSpec
  state: RoleState
}): void {
  if (rights.isSuperuser) return
  const owner = roleOfKind(spec, 'owner').name
  const foreign = state.objects.filter(
    (object) =>
      spec.schemas.some((schema) => isIn(object.name, schema)) &&
      object.owner !== owner &&
      !rights.memberOf.includes(object.owner),
  )
  const missing = [
    ...(rights.createsRoles ? [] : ['CREATEROLE']),
    ...(rights.ownDatabases.includes(spec.database) || rights.memberOf.includes(owner)
      ? []
      : [`ownership of database ${spec.database}`]),
    ...foreign.map(({ kind, name, owner: whose }) => `the rights of ${whose}, who owns ${kind} ${name}`),
  ]
  if (missing.length > 0)
    throw new DbopsError('PERMISSION_DENIED', `${rights.name} lacks ${missing.join('; ')}`, {
      hint: 'run it as a superuser, or as the administrator of the service who owns the database',
    })
}

/** Names of objects are as SQL quotes them. */
function isIn(object: string, schema: string): boolean {
  return object === schema || object.startsWith(`${schema}.`) || object.startsWith(`"${schema.replaceAll('"', '""')}"`)
}
