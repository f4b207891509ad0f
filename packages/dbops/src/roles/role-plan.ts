import { quoteName, quoteText } from '../quote.ts'
import type { Secret } from '../secret.ts'
import type { AdminRights } from './admin-rights.ts'
import { limitsOf, type PlanLimits } from './plan-limits.ts'
import { hasRoleSetting, setRoleSetting } from './role-setting.ts'
import { logsIn, type RoleKind, type RoleSpec, roleOfKind, type WantedRole } from './role-spec.ts'
import type { ActualGrant, ActualObject, ActualRole, RoleState } from './role-state.ts'
import { scramVerifier } from './scram.ts'

/** One statement; `shown` is what people see of it. */
export interface PlannedStatement {
  readonly sql: string
  readonly shown: string
}

/** What separates the wanted from the actual state, as statements; empty when nothing does. */
export interface RolePlan {
  readonly statements: readonly PlannedStatement[]
  /** What is odd but not managed: left alone unless `prune`. */
  readonly notes: readonly string[]
}

/** Passwords for logins that have none yet, by name. */
export type NewPasswords = ReadonlyMap<string, Secret>

/**
 * Compares and says what to do; pure. Without the rights of an administrator it plans for a superuser; with fewer rights the plan is
 * reduced to what they allow, and the notes tell what is left out. What is not managed loses its grants only when the plan is pruned.
 */
export function planRoles(
  spec: RoleSpec,
  state: RoleState,
  passwords: NewPasswords,
  rights: AdminRights | null = null,
  isPruned = false,
): RolePlan {
  const isOurs = isPruned ? () => true : managedBy(spec)
  const limits = limitsOf(rights, spec, state)
  const actual = new Map(state.roles.map((role) => [role.name, role]))
  const sql = [
    ...spec.roles.flatMap((role) => roleStatements(role, actual.get(role.name), spec, limits)),
    ...limits.first,
    ...databaseStatements(spec, state, limits, isOurs),
    ...schemaStatements(spec, state),
    ...objectStatements(spec, state, isOurs),
    ...defaultStatements(spec, state),
    ...(limits.mayShowFiles ? fileViewStatements(spec, state) : []),
    ...spec.extensions
      .filter((name) => !state.extensions.includes(name))
      .map((name) => `create extension ${quoteName(name)}`),
  ]
  const iterations = new Map(spec.roles.map((role) => [role.name, role.scramIterations]))
  const secrets = [...passwords].map(([name, password]) => ({
    sql: `alter role ${quoteName(name)} password ${quoteText(scramVerifier(password, { iterations: iterations.get(name) }))}`,
    shown: `alter role ${quoteName(name)} password ‹secret:${name}#${password.fingerprint()}›`,
  }))
  return {
    statements: [...sql.map((text) => ({ sql: text, shown: text })), ...secrets],
    notes: [...limits.notes, ...notesOf(spec, state, isOurs)],
  }
}

const wantsBypass: readonly RoleKind[] = ['backup']
const memberOf: Partial<Record<RoleKind, (spec: RoleSpec) => readonly string[]>> = {
  migrator: (spec) => [roleOfKind(spec, 'owner').name],
  app: (spec) => [roleOfKind(spec, 'group').name],
  backup: () => ['pg_read_all_data'],
  monitor: () => ['pg_monitor'],
  auditor: () => ['pg_monitor', 'pg_read_all_settings'],
  'break-glass': (spec) => [roleOfKind(spec, 'owner').name],
}

function roleStatements(
  wanted: WantedRole,
  actual: ActualRole | undefined,
  spec: RoleSpec,
  limits: PlanLimits,
): string[] {
  const name = quoteName(wanted.name)
  const attributes: readonly (readonly [string, boolean, boolean | undefined])[] = [
    ['superuser', false, actual?.isSuperuser],
    ['createdb', false, actual?.createsDatabases],
    ['createrole', false, actual?.createsRoles],
    ['replication', false, actual?.replicates],
    [
      'bypassrls',
      limits.mayGiveBypass ? wantsBypass.includes(wanted.kind) : (actual?.bypassesRls ?? false),
      actual?.bypassesRls,
    ],
    ['inherit', wanted.kind !== 'migrator' && wanted.kind !== 'break-glass', actual?.inherits],
    // break-glass is opened and closed by its own command
    ['login', wanted.kind === 'break-glass' ? (actual?.logsIn ?? false) : logsIn(wanted.kind), actual?.logsIn],
  ]
  const words = attributes.filter(([, want, is]) => want !== is).map(([word, want]) => (want ? word : `no${word}`))
  if (wanted.connectionLimit !== actual?.connectionLimit) words.push(`connection limit ${wanted.connectionLimit}`)
  if (wanted.validUntil !== null && wanted.validUntil !== actual?.validUntil)
    words.push(`valid until ${quoteText(wanted.validUntil)}`)
  const statements = actual === undefined ? [`create role ${name} with ${words.join(' ')}`] : []
  if (actual !== undefined && words.length > 0) statements.push(`alter role ${name} with ${words.join(' ')}`)
  return [
    ...statements,
    ...membershipStatements(wanted, actual, spec, limits),
    ...settingStatements(wanted, actual, spec, limits),
  ]
}

function membershipStatements(
  wanted: WantedRole,
  actual: ActualRole | undefined,
  spec: RoleSpec,
  limits: PlanLimits,
): string[] {
  const want = (memberOf[wanted.kind]?.(spec) ?? []).filter((name) => limits.mayGrant(name))
  const is = actual?.memberships ?? []
  const name = quoteName(wanted.name)
  return [
    ...want.filter((group) => !is.includes(group)).map((group) => `grant ${quoteName(group)} to ${name}`),
    ...is.filter((group) => !want.includes(group)).map((group) => `revoke ${quoteName(group)} from ${name}`),
  ]
}

/** A migrator works as the owner from the start, so that what it makes belongs to the owner. */
function settingStatements(
  wanted: WantedRole,
  actual: ActualRole | undefined,
  spec: RoleSpec,
  limits: PlanLimits,
): string[] {
  const own: Record<string, string> = wanted.kind === 'migrator' ? { role: roleOfKind(spec, 'owner').name } : {}
  const settings = { ...wanted.settings, ...own }
  return Object.entries(settings)
    .filter(([key]) => limits.maySet(key))
    .filter(([key, value]) => !hasRoleSetting(actual?.settings ?? [], key, value))
    .map(([key, value]) => setRoleSetting(wanted.name, key, value))
}

/** Whether the grants of a role are ours to take. */
type IsOurs = (grantee: string) => boolean

function managedBy({ roles }: RoleSpec): IsOurs {
  const names = new Set(['public', ...roles.map(({ name }) => name)])
  return (grantee) => names.has(grantee)
}

function databaseStatements(spec: RoleSpec, { databases }: RoleState, limits: PlanLimits, isOurs: IsOurs): string[] {
  const statements: string[] = []
  for (const { name, grants } of databases) {
    if (name !== spec.database && !(spec.closedDatabases.includes(name) && limits.mayClose(name))) continue
    if (grants.some(({ grantee }) => grantee === 'public'))
      statements.push(`revoke all on database ${quoteName(name)} from public`)
    if (name !== spec.database) continue
    const want = spec.roles
      .filter(({ kind }) => kind !== 'group' && kind !== 'owner')
      .map((role) => ({ grantee: role.name, privilege: 'connect' }))
    statements.push(
      ...difference(
        want,
        grants.filter(({ grantee }) => grantee !== 'public'), // taken above
        isOurs,
        `database ${quoteName(name)}`,
      ),
    )
  }
  return statements
}

function schemaStatements(spec: RoleSpec, { schemas }: RoleState): string[] {
  const owner = quoteName(roleOfKind(spec, 'owner').name)
  return spec.schemas
    .filter((name) => !schemas.includes(name))
    .flatMap((name) => [
      `create schema ${quoteName(name)} authorization ${owner}`,
      ...difference(wantedGrants('schema', spec), [], () => false, `schema ${quoteName(name)}`),
    ])
}

function objectStatements(spec: RoleSpec, { objects }: RoleState, isOurs: IsOurs): string[] {
  const owner = roleOfKind(spec, 'owner').name
  return objects.flatMap((object) => {
    const what = `${object.kind === 'function' ? 'routine' : object.kind} ${object.name}`
    if (object.kind === 'schema' && object.name === 'public' && !spec.schemas.includes('public'))
      return publicSchemaStatements(object)
    const statements = object.owner === owner ? [] : [`alter ${what} owner to ${quoteName(owner)}`]
    // grants of the former owner move with the object
    const before = object.grants.filter(({ grantee }) => grantee !== owner)
    return [...statements, ...difference(wantedGrants(object.kind, spec), before, isOurs, what)]
  })
}

function publicSchemaStatements({ grants }: ActualObject): string[] {
  const isOpen = grants.some(({ grantee, privilege }) => grantee === 'public' && privilege === 'create')
  return isOpen ? ['revoke create on schema public from public'] : []
}

function wantedGrants(kind: ActualObject['kind'], spec: RoleSpec): ActualGrant[] {
  const group = roleOfKind(spec, 'group').name
  const readers = spec.roles.filter((role) => role.kind === 'read-only').map(({ name }) => name)
  const grants = (grantee: string, ...privileges: string[]): ActualGrant[] =>
    privileges.map((privilege) => ({ grantee, privilege }))
  switch (kind) {
    case 'schema':
      return [...grants(group, 'usage'), ...readers.flatMap((name) => grants(name, 'usage'))]
    case 'table':
      return [
        ...grants(group, 'select', 'insert', 'update', 'delete'),
        ...readers.flatMap((name) => grants(name, 'select')),
      ]
    case 'sequence':
      return [...grants(group, 'usage', 'select'), ...readers.flatMap((name) => grants(name, 'select'))]
    case 'function':
      return grants(group, 'execute')
  }
}

/** Missing grants are given, those of managed roles that nobody wants are taken; others are not ours. */
function difference(want: readonly ActualGrant[], is: readonly ActualGrant[], isOurs: IsOurs, what: string): string[] {
  const has = (list: readonly ActualGrant[], one: ActualGrant): boolean =>
    list.some(({ grantee, privilege }) => grantee === one.grantee && privilege === one.privilege)
  const missing = want.filter((one) => !has(is, one))
  const extra = is.filter((one) => isOurs(one.grantee) && !has(want, one))
  return [
    ...grouped(extra).map(([grantee, privileges]) => `revoke ${privileges} on ${what} from ${shownGrantee(grantee)}`),
    ...grouped(missing).map(([grantee, privileges]) => `grant ${privileges} on ${what} to ${shownGrantee(grantee)}`),
  ]
}

function grouped(grants: readonly ActualGrant[]): [string, string][] {
  return [...Map.groupBy(grants, ({ grantee }) => grantee)].map(([grantee, all]) => [
    grantee,
    all.map(({ privilege }) => privilege).join(', '),
  ])
}

function shownGrantee(name: string): string {
  return name === 'public' ? 'public' : quoteName(name)
}

/** What new objects of the owner give away; default privileges hold for each creating role alone. */
function defaultStatements(spec: RoleSpec, { defaults, publicFunctionOwners, roles }: RoleState): string[] {
  const owner = roleOfKind(spec, 'owner').name
  const isNew = !roles.some(({ name }) => name === owner)
  const head = `alter default privileges for role ${quoteName(owner)}`
  const statements =
    isNew || publicFunctionOwners.includes(owner) ? [`${head} revoke execute on functions from public`] : []
  for (const schema of spec.schemas) {
    for (const kind of ['table', 'sequence', 'function'] as const) {
      const is =
        defaults.find((one) => one.owner === owner && one.schema === schema && one.objects === kind)?.grants ?? []
      const missing = wantedGrants(kind, spec).filter(
        (want) => !is.some(({ grantee, privilege }) => grantee === want.grantee && privilege === want.privilege),
      )
      for (const [grantee, privileges] of grouped(missing))
        statements.push(
          `${head} in schema ${quoteName(schema)} grant ${privileges} on ${kind}s to ${shownGrantee(grantee)}`,
        )
    }
  }
  return statements
}

/** An auditor sees the access rules and settings as they stand in files; pg_monitor alone is denied both. */
function fileViewStatements({ roles }: RoleSpec, { fileViews }: RoleState): string[] {
  const auditors = roles.filter(({ kind }) => kind === 'auditor').map(({ name }) => name)
  return fileViews.flatMap(({ name, readers }) =>
    auditors.filter((role) => !readers.includes(role)).map((role) => `grant ${name} to ${quoteName(role)}`),
  )
}

function notesOf(spec: RoleSpec, { roles, databases, objects }: RoleState, isOurs: IsOurs): string[] {
  const managed = new Set(spec.roles.map(({ name }) => name))
  const strangers = roles.filter(
    ({ name, logsIn: mayLogIn, isSuperuser }) => mayLogIn && !isSuperuser && !managed.has(name),
  )
  const foreignGrants = new Set(
    objects
      .flatMap(({ grants }) => grants)
      .map(({ grantee }) => grantee)
      .filter((name) => !isOurs(name)),
  )
  const open = databases.filter(
    ({ name, grants }) =>
      name !== spec.database &&
      !spec.closedDatabases.includes(name) &&
      !name.startsWith('template') &&
      grants.some(({ grantee, privilege }) => grantee === 'public' && privilege === 'connect'),
  )
  return [
    ...strangers.map(({ name }) => `login ${name} is not managed`),
    ...[...foreignGrants].map((name) => `role ${name} has grants here and is not managed`),
    ...open.map(({ name }) => `database ${name} is open to every login: list it in closedDatabases`),
  ]
}
