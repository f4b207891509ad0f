import { DatabaseError } from 'pg'
import type { Check } from '../command/outcome.ts'
import type { ServerClient } from './server-client.ts'

/**
 * Writes a row into a table and rolls it back. What a constraint refuses could be written: the right was there. Sequences go on by one, and
 * triggers of the table run, as they do for every row.
 */
export async function probeWriting(client: ServerClient, table: string): Promise<Check> {
  const startMs = performance.now()
  const problem = await attempt(client, table)
  const isConstraint = problem?.startsWith('23') === true
  const said =
    problem === null ? 'a row was written' : isConstraint ? `a constraint refuses an empty row (${problem})` : problem
  return {
    id: 'conn.write',
    title: 'stage write',
    verdict: problem === null || isConstraint ? 'pass' : 'fail',
    tier: 'critical',
    evidence: `${said}, all of it rolled back (${Math.round(performance.now() - startMs)} ms)`,
  }
}

/** Null when the row was written, else the server's SQLSTATE and words. */
async function attempt(client: ServerClient, table: string): Promise<string | null> {
  await client.query('begin')
  try {
    const { rows } = await client.query<{ name: string | null }>('select to_regclass($1)::text as name', [table])
    const [{ name }] = rows
    if (name === null) return `table ${table} is not there`
    await client.query(`insert into ${name} default values`)
    return null
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    return `${error.code} ${error.message}`
  } finally {
    await client.query('rollback')
  }
}
