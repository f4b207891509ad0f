import type { Kysely } from 'kysely'
import type { ColumnTypes } from '../column-types.ts'

/** One step of the schema, with its way back. */
export interface SchemaStep {
  /** Sorts the steps: `001_initial_schema`. */
  readonly name: string
  /** One sentence for `db history --verbose`. */
  readonly description: string
  up(database: Kysely<unknown>, types: ColumnTypes): Promise<void>
  down(database: Kysely<unknown>, types: ColumnTypes): Promise<void>
}
