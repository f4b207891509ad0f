import { quoteName, quoteText } from '../quote.ts'

/** A table whose rows belong to somebody. */
export interface TenantTable {
  readonly schema: string
  readonly table: string
  /** Column that says whose a row is; compared as text. */
  readonly ownerColumn: string
  /** Setting that says who asks; `app.current_user_id`. */
  readonly userSetting?: string
  /** Setting that says as what somebody asks; `app.current_user_role`. */
  readonly roleSetting?: string
  /** The role that may see every row, also those without an owner; null when nobody may. `admin`. */
  readonly seesAll?: string | null
}

const DEFAULT_USER_SETTING = 'app.current_user_id'
const DEFAULT_ROLE_SETTING = 'app.current_user_role'

/** Name of the one policy that {@link rowSecuritySql} makes. */
export const TENANT_POLICY = 'tenant_isolation'

/**
 * Statements that let a session see and write only rows of the user it was set for. A missing or empty setting means no rows, not an
 * error; the owner of the table is bound too (`FORCE`). Running them twice is fine.
 */
export function rowSecuritySql(options: TenantTable): string[] {
  const table = `${quoteName(options.schema)}.${quoteName(options.table)}`
  const condition = tenantCondition(options)
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `drop policy if exists ${TENANT_POLICY} on ${table}`,
    `create policy ${TENANT_POLICY} on ${table} using (${condition}) with check (${condition})`,
  ]
}

/** Takes back what {@link rowSecuritySql} did. */
export function undoRowSecuritySql({ schema, table }: TenantTable): string[] {
  const name = `${quoteName(schema)}.${quoteName(table)}`
  return [
    `drop policy if exists ${TENANT_POLICY} on ${name}`,
    `alter table ${name} no force row level security`,
    `alter table ${name} disable row level security`,
  ]
}

/** The settings are read in scalar subqueries, so that the planner evaluates them once and not for each row. */
function tenantCondition(options: TenantTable): string {
  const {
    ownerColumn,
    userSetting = DEFAULT_USER_SETTING,
    roleSetting = DEFAULT_ROLE_SETTING,
    seesAll = 'admin',
  } = options
  const isOwn = `${quoteName(ownerColumn)}::text = (select nullif(current_setting(${quoteText(userSetting)}, true), ''))`
  if (seesAll === null) return isOwn
  return `${isOwn} or (select current_setting(${quoteText(roleSetting)}, true)) = ${quoteText(seesAll)}`
}

/** Who asks; set for one transaction with {@link tenantSettingsSql}. */
export interface TenantSettings {
  readonly userId: string | number
  readonly role: string
}

/** One parameterised statement that binds the current transaction to a user; gone at its end. */
export function tenantSettingsSql({ userId, role }: TenantSettings): { text: string; values: string[] } {
  return {
    text: `select set_config('${DEFAULT_USER_SETTING}', $1, true), set_config('${DEFAULT_ROLE_SETTING}', $2, true)`,
    values: [String(userId), role],
  }
}
