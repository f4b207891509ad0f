import type { ServerClient } from '../connection/server-client.ts'
import { DbopsError } from '../errors.ts'
import { quoteName } from '../quote.ts'
import type { Migration } from './migration-files.ts'

/** A migration that the database has, as its ledger tells it. */
export interface AppliedMigration {
  readonly version: string
  readonly name: string
  readonly checksum: string
  readonly appliedAt: string
  readonly appliedBy: string
  /** Noted without being run. */
  readonly isStamped: boolean
  /** Began outside a transaction and did not end. */
  readonly isUnfinished: boolean
}

/** What folder and database say of one version. */
export interface MigrationState {
  readonly version: string
  readonly name: string
  /** `changed` after it was applied; `unknown` to the folder, so that the schema is newer than the program. */
  readonly state: 'applied' | 'pending' | 'changed' | 'unknown' | 'unfinished'
  readonly appliedAt: string | null
}

/** Where applied migrations are noted: `dbops_migrations` in a schema that is there. */
export class Ledger {
  readonly #client: ServerClient
  readonly #table: string

  constructor(client: ServerClient, schema: string) {
    this.#client = client
    this.#table = `${quoteName(schema)}.dbops_migrations`
  }

  /** Oldest first, by number; empty where there is no ledger. */
  async read(): Promise<AppliedMigration[]> {
    const { rows: found } = await this.#client.query<{ isThere: boolean }>(
      'select to_regclass($1) is not null as "isThere"',
      [this.#table],
    )
    if (!found[0].isThere) return []
    const { rows } = await this.#client.query<AppliedMigration>(
      `select version, name, checksum, applied_at::text as "appliedAt", applied_by as "appliedBy", is_stamped as "isStamped",
        is_unfinished as "isUnfinished" from ${this.#table} order by version::numeric`,
    )
    return rows
  }

  async create(): Promise<void> {
    await this.#client.query(
      `create table if not exists ${this.#table} (version text primary key check (version ~ '^[0-9]+$'), name text not null,
        checksum text not null, applied_at timestamptz not null default clock_timestamp(), applied_by text not null default session_user,
        is_stamped boolean not null default false, is_unfinished boolean not null default false)`,
    )
  }

  async note({ version, name, checksum }: Migration, how: 'applied' | 'stamped' | 'unfinished'): Promise<void> {
    await this.#client.query(
      `insert into ${this.#table} (version, name, checksum, is_stamped, is_unfinished) values ($1, $2, $3, $4, $5)
      on conflict (version) do update set is_unfinished = excluded.is_unfinished, applied_at = clock_timestamp()`,
      [version, name, checksum, how === 'stamped', how === 'unfinished'],
    )
  }

  async forget({ version }: Pick<Migration, 'version'>): Promise<void> {
    await this.#client.query(`delete from ${this.#table} where version = $1`, [version])
  }
}

/** Every version that the folder or the database has, oldest first. */
export function compare(migrations: readonly Migration[], applied: readonly AppliedMigration[]): MigrationState[] {
  const byVersion = new Map(applied.map((one) => [BigInt(one.version), one]))
  const known = migrations.map(({ version, name, checksum }): MigrationState => {
    const found = byVersion.get(BigInt(version))
    if (found === undefined) return { version, name, state: 'pending', appliedAt: null }
    const state = found.isUnfinished ? 'unfinished' : found.checksum === checksum ? 'applied' : 'changed'
    return { version, name, state, appliedAt: found.appliedAt }
  })
  const ours = new Set(migrations.map(({ version }) => BigInt(version)))
  const unknown = applied
    .filter(({ version }) => !ours.has(BigInt(version)))
    .map(({ version, name, appliedAt }): MigrationState => ({ version, name, state: 'unknown', appliedAt }))
  return [...known, ...unknown].sort((one, other) => (BigInt(one.version) < BigInt(other.version) ? -1 : 1))
}

/** @throws {DbopsError} REFUSED for a database of which the folder does not tell the whole and true story */
export function requireSound(states: readonly MigrationState[]): void {
  const of = (state: MigrationState['state']): string =>
    states.flatMap((one) => (one.state === state ? [`${one.version}_${one.name}`] : [])).join(', ')
  if (of('unknown') !== '')
    throw new DbopsError('REFUSED', `the database is newer than this folder: it has ${of('unknown')}`, {
      hint: 'take the folder of the version that made it, or one after it',
    })
  if (of('unfinished') !== '')
    throw new DbopsError('REFUSED', `${of('unfinished')} began outside a transaction and did not end`, {
      hint: 'look at what it left, put that right by hand, then dbops migrate stamp tells where the schema stands',
    })
  if (of('changed') !== '')
    throw new DbopsError('REFUSED', `${of('changed')} is not what was applied: the file was changed since`, {
      hint: 'a change of the schema is a migration of its own; dbops migrate stamp takes the files as they are now',
    })
  const last = states.findLastIndex(({ state }) => state === 'applied')
  const late = states.findIndex(({ state }) => state === 'pending')
  if (late >= 0 && late < last)
    throw new DbopsError(
      'REFUSED',
      `${states[late].version}_${states[late].name} comes before ${states[last].version}, which is applied`,
      {
        hint: 'give it a higher number, or stamp it when what it does is there',
      },
    )
}
