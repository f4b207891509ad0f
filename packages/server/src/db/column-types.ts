import { type RawBuilder, sql } from 'kysely'
import type { DialectName } from './open-database.ts'

/** Types that the two databases name differently. */
export interface ColumnTypes {
  readonly dialect: DialectName
  readonly id: RawBuilder<unknown>
  readonly time: RawBuilder<unknown>
  readonly now: RawBuilder<unknown>
  /** A number that counts up by itself. */
  readonly serial: RawBuilder<unknown>
  readonly long: RawBuilder<unknown>
  text(length: number): RawBuilder<unknown>
}

const postgres: ColumnTypes = {
  dialect: 'postgres',
  id: sql`uuid`,
  time: sql`timestamptz`,
  now: sql`now()`,
  serial: sql`bigserial`,
  long: sql`bigint`,
  text: (length) => sql.raw(`varchar(${length})`),
}

const sqlite: ColumnTypes = {
  dialect: 'sqlite',
  id: sql`text`,
  time: sql`text`,
  now: sql`(strftime('%Y-%m-%dT%H:%M:%fZ','now'))`,
  serial: sql`integer`,
  long: sql`integer`,
  text: () => sql`text`,
}

export function columnTypesOf(dialect: DialectName): ColumnTypes {
  return dialect === 'postgres' ? postgres : sqlite
}
