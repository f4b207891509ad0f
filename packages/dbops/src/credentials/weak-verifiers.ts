import type { ServerClient } from '../connection/server-client.ts'
import { verifierMatches } from '../roles/scram.ts'
import { guessesFor } from './common-passwords.ts'

export interface WeakRole {
  readonly role: string
  readonly reason: 'guessable password' | 'MD5 verifier'
}

/**
 * Tries likely passwords against the stored verifiers, without logging in; null when this role may not read them. A guess costs a few
 * milliseconds of computing per role.
 */
export async function findWeakRoles(client: ServerClient, extra: readonly string[] = []): Promise<WeakRole[] | null> {
  const { rows: may } = await client.query<{ may: boolean }>("select has_table_privilege('pg_authid', 'select') as may")
  if (!may[0].may) return null
  const { rows } = await client.query<{ role: string; verifier: string; database: string }>(
    'select rolname as role, rolpassword as verifier, current_database()::text as database from pg_authid where rolpassword is not null and rolcanlogin',
  )
  return rows.flatMap(({ role, verifier, database }) => {
    const weak: WeakRole[] = []
    if (verifier.startsWith('md5')) weak.push({ role, reason: 'MD5 verifier' })
    if (guessesFor(role, database, extra).some((guess) => verifierMatches(verifier, guess, role)))
      weak.push({ role, reason: 'guessable password' })
    return weak
  })
}
