import type { Check } from '../command/outcome.ts'
import type { ServerClient } from '../connection/server-client.ts'
import { sqlStateOf } from '../connection/server-errors.ts'

/** One question of a decision tree, asked of a server: rows are what speaks for "yes, this is why". */
export interface Question {
  readonly id: string
  /** The innocent answer. */
  readonly title: string
  /** Gives `what`, one row per reason found. */
  readonly sql: string
  /** What to do next when it is so. */
  readonly next: string
  /** What exists only where an extension is installed. */
  readonly extension?: string
}

/** Why a question could not be asked, by SQLSTATE. */
const reasons: Readonly<Record<string, string>> = {
  '42501': 'this role may not ask',
  '58P01': 'the server keeps no such files',
}

/** Asks them in order; one that this role may not ask, or that needs what is not there, is skipped with the reason. */
export async function ask(client: ServerClient, questions: readonly Question[]): Promise<Check[]> {
  const checks: Check[] = []
  for (const question of questions) checks.push(await answer(client, question))
  return checks
}

async function answer(client: ServerClient, { id, title, sql, next, extension }: Question): Promise<Check> {
  const base = { id: `diagnose.${id}`, title, tier: 'recommended', remediation: next } as const
  if (extension !== undefined) {
    const { rows } = await client.query<{ is_there: boolean }>(
      'select exists (select from pg_extension where extname = $1) as is_there',
      [extension],
    )
    if (!rows[0].is_there) return { ...base, verdict: 'skipped', evidence: `needs the extension ${extension}` }
  }
  try {
    const { rows } = await client.query<{ what: string }>(sql)
    return rows.length === 0
      ? { ...base, verdict: 'pass', evidence: 'nothing found' }
      : {
          ...base,
          verdict: 'fail',
          evidence: rows
            .slice(0, 5)
            .map(({ what }) => what)
            .join('; '),
        }
  } catch (error) {
    const reason = reasons[sqlStateOf(error) ?? '']
    if (reason === undefined) throw error
    return { ...base, verdict: 'skipped', evidence: `${reason}: ${(error as Error).message}` }
  }
}
