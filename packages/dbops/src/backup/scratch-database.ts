import { randomBytes } from 'node:crypto'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { DbopsError } from '../errors.ts'
import { quoteName, quoteText } from '../quote.ts'
import type { DatabaseFacts } from './database-facts.ts'

/** Begins the comment of every database of ours that may be dropped; a live one never has it. */
export const SCRATCH_MARK = 'dbops scratch'

/** A name nobody chose, so that it cannot be the live one. */
export function scratchName(purpose: string): string {
  return `dbops_${purpose}_${randomBytes(6).toString('hex')}`
}

/** Creates an empty database like the one of the backup and marks it as ours. @throws {DbopsError} */
export async function createScratch(admin: ConnectionParameters, name: string, facts: DatabaseFacts): Promise<void> {
  await withServer(admin, async (client) => {
    await client.query(
      `create database ${quoteName(name)} template template0 encoding ${quoteText(facts.encoding)} lc_collate ${quoteText(facts.collate)} lc_ctype ${quoteText(facts.ctype)}`,
    )
    await client.query(
      `comment on database ${quoteName(name)} is ${quoteText(`${SCRATCH_MARK} since ${new Date().toISOString()}`)}`,
    )
    await client.query(`revoke all on database ${quoteName(name)} from public`)
  })
}

/** Drops a database that bears our mark, sessions and all. @throws {DbopsError} REFUSED for any other */
export async function dropScratch(admin: ConnectionParameters, name: string): Promise<void> {
  await withServer(admin, async (client) => {
    const { rows } = await client.query<{ comment: string | null }>(
      "select shobj_description(oid, 'pg_database') as comment from pg_database where datname = $1",
      [name],
    )
    if (rows.length === 0) return
    if (rows[0].comment?.startsWith(SCRATCH_MARK) !== true)
      throw new DbopsError('REFUSED', `database ${name} does not bear our mark and is not dropped`)
    await client.query(`drop database ${quoteName(name)} with (force)`)
  })
}

/** Databases that a killed run left. */
export async function listScratch(admin: ConnectionParameters): Promise<string[]> {
  return await withServer(admin, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "select datname as name from pg_database where shobj_description(oid, 'pg_database') like $1 order by 1",
      [`${SCRATCH_MARK}%`],
    )
    return rows.map(({ name }) => name)
  })
}
