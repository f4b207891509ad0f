import { DbopsError } from '../errors.ts'
import { type MigrationState, requireSound } from './ledger.ts'
import type { Migration } from './migration-files.ts'

/** What is still to be applied, up to a version or to the last. @throws {DbopsError} REFUSED, USAGE for an unknown version */
export function pending(
  migrations: readonly Migration[],
  states: readonly MigrationState[],
  to: string | null,
): Migration[] {
  requireSound(states)
  const last = to === null ? migrations.length : indexOf(migrations, to) + 1
  return migrations.slice(0, last).filter((one) => stateOf(states, one) === 'pending')
}

/** What is to be taken back, newest first, until the version stands last; null for none. @throws {DbopsError} REFUSED, USAGE */
export function toTakeBack(
  migrations: readonly Migration[],
  states: readonly MigrationState[],
  to: string | null,
): Migration[] {
  requireSound(states)
  const first = to === null ? 0 : indexOf(migrations, to) + 1
  const back = migrations.slice(first).filter((one) => stateOf(states, one) === 'applied')
  const stuck = back.findLast(({ down }) => down === null)
  if (stuck !== undefined)
    throw new DbopsError('REFUSED', `${stuck.version}_${stuck.name} has no .down.sql, so it cannot be taken back`)
  return back.reverse()
}

function stateOf(states: readonly MigrationState[], { version }: Migration): MigrationState['state'] | undefined {
  return states.find((one) => one.version === version)?.state
}

/** Place of a version among the migrations. @throws {DbopsError} USAGE for one that is unknown */
export function indexOf(migrations: readonly Migration[], version: string): number {
  const at = /^\d+$/.test(version) ? migrations.findIndex((one) => BigInt(one.version) === BigInt(version)) : -1
  if (at >= 0) return at
  throw new DbopsError('USAGE', `there is no migration ${version}`, {
    hint: `the last is ${migrations.at(-1)?.version ?? 'none: the folder is empty'}`,
  })
}
