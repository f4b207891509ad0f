import { quoteName } from '../quote.ts'
import type { AdminRights } from './admin-rights.ts'
import { type RoleSpec, roleOfKind } from './role-spec.ts'
import type { RoleState } from './role-state.ts'

/** What a plan may hold, and what is said about the rest. */
export interface PlanLimits {
  readonly mayGiveBypass: boolean
  readonly mayShowFiles: boolean
  mayGrant(role: string): boolean
  maySet(setting: string): boolean
  mayClose(database: string): boolean
  /** Statements after the roles are made, and before anything is done in their name. */
  readonly first: readonly string[]
  readonly notes: readonly string[]
}

/** Settings of a role that only a superuser may give it. */
const superuserSettings = ['log_statement', 'log_min_duration_statement']

const everything: PlanLimits = {
  mayGiveBypass: true,
  mayShowFiles: true,
  mayGrant: () => true,
  maySet: () => true,
  mayClose: () => true,
  first: [],
  notes: [],
}

/** The limits of an administrator without superuser, as managed services give one. */
export function limitsOf(rights: AdminRights | null, spec: RoleSpec, state: RoleState): PlanLimits {
  if (rights === null || rights.isSuperuser) return everything
  const owner = roleOfKind(spec, 'owner').name
  const may = new Set(rights.grantable)
  const mayGrant = (role: string): boolean => !role.startsWith('pg_') || may.has(role)
  const maySet = (setting: string): boolean => !superuserSettings.includes(setting)
  const mayClose = (database: string): boolean => rights.ownDatabases.includes(database)
  const who = `${rights.name} is no superuser${rights.service === null ? '' : ` (${rights.service})`}`
  const named = (kind: string): string[] => spec.roles.filter((role) => role.kind === kind).map(({ name }) => name)
  const bypassing = state.roles.filter(({ bypassesRls }) => bypassesRls).map(({ name }) => name)
  return {
    mayGiveBypass: false,
    mayShowFiles: false,
    mayGrant,
    maySet,
    mayClose,
    // only a member of the owner may give it things and act for it
    first: rights.memberOf.includes(owner) ? [] : [`grant ${quoteName(owner)} to ${quoteName(rights.name)}`],
    notes: [
      ...named('backup')
        .filter((name) => !bypassing.includes(name))
        .map(
          (name) =>
            `${who}: ${name} gets no BYPASSRLS, and cannot dump tables with forced row security; use the snapshots of the service for them`,
        ),
      ...named('auditor').map((name) => `${who}: ${name} does not see the files of the server`),
      ...['pg_read_all_data', 'pg_monitor', 'pg_read_all_settings']
        .filter((role) => !mayGrant(role))
        .map((role) => `${who}: ${role} cannot be granted`),
      ...spec.roles.flatMap(({ name, settings }) =>
        Object.keys(settings)
          .filter((setting) => !maySet(setting))
          .map((setting) => `${who}: ${setting} of ${name} is left as it is`),
      ),
      ...spec.closedDatabases
        .filter((database) => !mayClose(database))
        .map((database) => `${who}: database ${database} is somebody else's and stays as it is`),
    ],
  }
}
