import type { Tier } from '../command/outcome.ts'

/**
 * A check that is one query: rows of (`what`, `fix`) are what is wrong, `fix` the statement that puts it right. `$1` is the application's
 * role.
 */
export interface CatalogCheck {
  readonly id: string
  readonly title: string
  readonly tier: Tier
  readonly domain: string
  readonly sql: string
  /** Without this right the query would see too little, and the check is skipped. */
  readonly needs?: Right
  /** True when a failure is a warning only. */
  readonly isSoft?: boolean
  /** Said when there is no statement for it. */
  readonly advice?: string
  readonly references?: readonly string[]
}

/** A right of the role that asks, as a condition of SQL. */
export interface Right {
  readonly name: string
  readonly sql: string
}

export const STATISTICS: Right = { name: 'pg_read_all_stats', sql: "pg_has_role('pg_read_all_stats', 'usage')" }
export const SETTINGS: Right = { name: 'pg_read_all_settings', sql: "pg_has_role('pg_read_all_settings', 'usage')" }
export const SUPERUSER: Right = {
  name: 'a superuser',
  sql: '(select rolsuper from pg_roles where rolname = current_user)',
}
export const SEQUENCES: Right = {
  name: 'SELECT on every sequence, as in pg_read_all_data',
  sql: "not exists (select from pg_class where case when relkind = 'S' then not has_sequence_privilege(oid, 'select') else false end)",
}

export const USER_SCHEMA = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
export const NO_EXTENSION = (catalog: string, oid: string): string =>
  `not exists (select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${oid} and e.deptype = 'e')`
