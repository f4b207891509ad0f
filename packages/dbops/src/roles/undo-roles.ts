import { quoteName, quoteText } from '../quote.ts'
import { setRoleSetting } from './role-setting.ts'
import type { ActualGrant, ActualObject, ActualRole, RoleState } from './role-state.ts'

/** What takes roles and grants back; what it leaves alone is said. */
export interface RoleUndo {
  readonly statements: readonly string[]
  readonly notes: readonly string[]
}

/**
 * Statements from the state after a change to the one before it. Nothing is dropped: roles that were made lose their login, schemas and
 * extensions that were made stay; passwords come back by the store of secrets.
 */
export function undoRoles(after: RoleState, before: RoleState): RoleUndo {
  const old = new Map(before.roles.map((role) => [role.name, role]))
  const made = after.roles.filter(({ name }) => !old.has(name))
  const madeSchemas = after.schemas.filter((name) => !before.schemas.includes(name))
  const madeExtensions = after.extensions.filter((name) => !before.extensions.includes(name))
  return {
    statements: [
      ...objectStatements(after, before),
      ...defaultStatements(after, before),
      ...before.databases.flatMap(({ name, grants }) =>
        grantChanges(grantsOf(after.databases, name), grants, `database ${quoteName(name)}`),
      ),
      ...after.fileViews.flatMap(({ name, readers }) => {
        const earlier = before.fileViews.find((one) => one.name === name)?.readers ?? []
        return readers.filter((role) => !earlier.includes(role)).map((role) => `revoke ${name} from ${quoteName(role)}`)
      }),
      ...after.roles.flatMap((role) => roleStatements(role, old.get(role.name))),
      ...made.filter(({ logsIn }) => logsIn).map(({ name }) => `alter role ${quoteName(name)} nologin`),
    ],
    notes: [
      ...made.map(({ name }) => `role ${name} stays, without login: dbops roles retire removes it`),
      ...madeSchemas.map((name) => `schema ${name} stays`),
      ...madeExtensions.map((name) => `extension ${name} stays`),
    ],
  }
}

function grantsOf(all: RoleState['databases'], name: string): readonly ActualGrant[] {
  return all.find((one) => one.name === name)?.grants ?? []
}

function grantChanges(is: readonly ActualGrant[], want: readonly ActualGrant[], on: string, owner?: string): string[] {
  const has = (all: readonly ActualGrant[], { grantee, privilege }: ActualGrant): boolean =>
    all.some((one) => one.grantee === grantee && one.privilege === privilege)
  const who = (grantee: string): string => (grantee === 'public' ? 'public' : quoteName(grantee))
  return [
    // what an owner has by itself is not to be taken from it
    ...is
      .filter((grant) => !has(want, grant) && grant.grantee !== owner)
      .map(({ grantee, privilege }) => `revoke ${privilege} on ${on} from ${who(grantee)}`),
    ...want
      .filter((grant) => !has(is, grant))
      .map(({ grantee, privilege }) => `grant ${privilege} on ${on} to ${who(grantee)}`),
  ]
}

const words: Readonly<Record<ActualObject['kind'], string>> = {
  table: 'table',
  sequence: 'sequence',
  function: 'routine',
  schema: 'schema',
}

function objectStatements(after: RoleState, before: RoleState): string[] {
  const key = ({ kind, name }: ActualObject): string => `${kind} ${name}`
  const old = new Map(before.objects.map((object) => [key(object), object]))
  return after.objects.flatMap((object) => {
    const want = old.get(key(object))
    if (want === undefined) return []
    const place = `${words[object.kind]} ${object.name}`
    const owner = object.owner === want.owner ? [] : [`alter ${place} owner to ${quoteName(want.owner)}`]
    return [...owner, ...grantChanges(object.grants, want.grants, place, want.owner)]
  })
}

function defaultStatements(after: RoleState, before: RoleState): string[] {
  const key = ({ owner, schema, objects }: RoleState['defaults'][number]): string =>
    JSON.stringify([owner, schema, objects])
  const is = new Map(after.defaults.map((one) => [key(one), one]))
  const want = new Map(before.defaults.map((one) => [key(one), one]))
  const schemas = [...new Map([...is, ...want]).values()].flatMap((one) =>
    grantChanges(is.get(key(one))?.grants ?? [], want.get(key(one))?.grants ?? [], `${one.objects}s`).map(
      (text) => `alter default privileges for role ${quoteName(one.owner)} in schema ${quoteName(one.schema)} ${text}`,
    ),
  )
  const closed = before.publicFunctionOwners.filter((name) => !after.publicFunctionOwners.includes(name))
  return [
    ...schemas,
    ...closed.map(
      (name) => `alter default privileges for role ${quoteName(name)} grant execute on functions to public`,
    ),
  ]
}

function roleStatements(is: ActualRole, want: ActualRole | undefined): string[] {
  const name = quoteName(is.name)
  const groups = want?.memberships ?? []
  const memberships = [
    ...is.memberships
      .filter((group) => !groups.includes(group))
      .map((group) => `revoke ${quoteName(group)} from ${name}`),
    ...groups.filter((group) => !is.memberships.includes(group)).map((group) => `grant ${quoteName(group)} to ${name}`),
  ]
  if (want === undefined) return memberships
  const attributes: readonly (readonly [string, boolean, boolean])[] = [
    ['superuser', want.isSuperuser, is.isSuperuser],
    ['createdb', want.createsDatabases, is.createsDatabases],
    ['createrole', want.createsRoles, is.createsRoles],
    ['replication', want.replicates, is.replicates],
    ['bypassrls', want.bypassesRls, is.bypassesRls],
    ['inherit', want.inherits, is.inherits],
    ['login', want.logsIn, is.logsIn],
  ]
  const changed = attributes.filter(([, wanted, now]) => wanted !== now).map(([word, on]) => (on ? word : `no${word}`))
  if (want.connectionLimit !== is.connectionLimit) changed.push(`connection limit ${want.connectionLimit}`)
  if (want.validUntil !== is.validUntil) changed.push(`valid until ${quoteText(want.validUntil ?? 'infinity')}`)
  return [
    ...memberships,
    ...(changed.length === 0 ? [] : [`alter role ${name} with ${changed.join(' ')}`]),
    ...settingStatements(is.name, is.settings, want.settings),
  ]
}

function settingStatements(role: string, is: readonly string[], want: readonly string[]): string[] {
  const keyOf = (setting: string): string => setting.slice(0, setting.indexOf('='))
  const wanted = new Set(want.map(keyOf))
  return [
    ...is
      .map(keyOf)
      .filter((key) => !wanted.has(key))
      .map((key) => `alter role ${quoteName(role)} reset ${key}`),
    ...want
      .filter((setting) => !is.includes(setting))
      .map((setting) => setRoleSetting(role, keyOf(setting), setting.slice(keyOf(setting).length + 1))),
  ]
}
