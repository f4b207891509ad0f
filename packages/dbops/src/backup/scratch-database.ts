import { randomBytes } from 'node:crypto'
import { withServer } from '../connection/connect.ts'
import type { ConnectionParameters } from '../connection/parameters.ts'
import { DbopsError } from '../errors.ts'
import { quoteName, quoteText } from '../quote.ts'
import type { DatabaseFacts } from './database-facts.ts'

/** Names that nobody else gives: the name is the mark, because it is there from the first moment on. */
const SCRATCH_NAME = /^dbops_(verify|restore)_[0-9a-f]{12}$/

/** A name nobody chose, so that it cannot be the live one; whatever bears such a name is ours and may be dropped. */
export function scratchName(purpose: 'verify' | 'restore'): string {
  return `dbops_${purpose}_${randomBytes(6).toString('hex')}`
}

/** Creates an empty database like the one of the backup, which nobody else may enter. @throws {DbopsError} */
export async function createScratch(admin: ConnectionParameters, name: string, facts: DatabaseFacts): Promise<void> {
  await withServer(admin, async (client) => {
    await client.query(
      `create database ${quoteName(name)} template template0 encoding ${quoteText(facts.encoding)} lc_collate ${quoteText(facts.collate)} lc_ctype ${quoteText(facts.ctype)}`,
    )
    await client.query(`revoke all on database ${quoteName(name)} from public`)
  })
}

/** Drops a database of ours, sessions and all. @throws {DbopsError} REFUSED for any other */
export async function dropScratch(admin: ConnectionParameters, name: string): Promise<void> {
  if (!SCRATCH_NAME.test(name))
    throw new DbopsError('REFUSED', `database ${name} does not bear our mark and is not dropped`)
  await withServer(admin, (client) => client.query(`drop database if exists ${quoteName(name)} with (force)`))
}

/** Databases that a killed run left. */
export async function listScratch(admin: ConnectionParameters): Promise<string[]> {
  return await withServer(admin, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "select datname as name from pg_database where datname like 'dbops%' order by 1",
    )
    return rows.map(({ name }) => name).filter((name) => SCRATCH_NAME.test(name))
  })
}
