import { setTimeout } from 'node:timers/promises'
import type { ServerClient } from '../connection/server-client.ts'
import { generatePassword } from '../credentials/generate-password.ts'
import { quoteName, quoteText } from '../quote.ts'
import { iterationsOf, scramVerifier } from '../roles/scram.ts'
import type { Secret } from '../secret.ts'
import { type SessionGroup, sessionsOf } from './rotation-facts.ts'

/** Sets the verifier, never the password, so that no log and no statistics can hold it. */
export async function openLogin(client: ServerClient, login: string, password: Secret): Promise<void> {
  const verifier = scramVerifier(password, { iterations: await iterationsOf(client, login) })
  await client.query(`alter role ${quoteName(login)} login password ${quoteText(verifier)} valid until 'infinity'`)
}

/** A new password for a login that stays as it is otherwise. */
export async function setPassword(client: ServerClient, login: string, password: Secret): Promise<void> {
  const verifier = scramVerifier(password, { iterations: await iterationsOf(client, login) })
  await client.query(`alter role ${quoteName(login)} password ${quoteText(verifier)}`)
}

/** No login and a password nobody knows; sessions go on. */
export async function shutLogin(client: ServerClient, login: string): Promise<void> {
  const verifier = scramVerifier(generatePassword(), { iterations: await iterationsOf(client, login) })
  await client.query(`alter role ${quoteName(login)} nologin password ${quoteText(verifier)}`)
}

/** Ends every session of the login, or those that began before a moment of the server's clock. */
export async function endSessions(client: ServerClient, login: string, before: string | null = null): Promise<void> {
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where usename = $1 and ($2::timestamptz is null or backend_start < $2)',
    [login, before],
  )
}

/** How long the sessions of a login that is about to be closed are waited for. */
export interface Patience {
  readonly graceMs: number
  readonly settleMs: number
  readonly pollMs: number
  readonly onProgress: (line: string) => void
}

/** The patience that was asked for, with the defaults of a rotation. */
export function patienceOf({
  graceMs = 300_000,
  settleMs = 2_000,
  pollMs = 250,
  onProgress = () => {},
}: Partial<Patience>): Patience {
  return { graceMs, settleMs, pollMs, onProgress }
}

/** Patience after the login is shut: who was `left` has had the whole grace, who slipped in after the last look gets it now. */
export function forTheLate(patience: Patience, left: readonly SessionGroup[]): Patience {
  return { ...patience, settleMs: 0, graceMs: left.length > 0 ? 0 : patience.graceMs }
}

/**
 * Waits until no session of the login (or none from before a moment) was seen for the settling time, or the grace is over; then returns
 * those that are left.
 */
export async function drained(
  client: ServerClient,
  login: string,
  { graceMs, settleMs, pollMs, onProgress }: Patience,
  before: string | null = null,
): Promise<SessionGroup[]> {
  const untilMs = performance.now() + graceMs
  let freeSinceMs = Number.POSITIVE_INFINITY
  let told = ''
  for (;;) {
    const left = await sessionsOf(client, login, before)
    const nowMs = performance.now()
    freeSinceMs = left.length > 0 ? Number.POSITIVE_INFINITY : Math.min(freeSinceMs, nowMs)
    if (nowMs - freeSinceMs >= settleMs || nowMs >= untilMs) return left
    const who = left.map(({ application, sessions }) => `${application || 'unnamed'} (${sessions})`).join(', ')
    if (who !== told && left.length > 0) onProgress(`still on ${login}: ${who}`)
    told = who
    await setTimeout(pollMs)
  }
}
